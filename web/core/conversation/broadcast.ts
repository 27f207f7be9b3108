/** Sends what nobody waits for: receipts, read marks, that somebody is typing. */
import type { Address } from '../crypto/address.ts';
import type { WireMessage } from '../wire/message.ts';
import type { Carrier } from './carrier.ts';
import { takesLink } from './outbox.ts';

interface Audience {
  /** Whether the mailbox takes it: for nobody, for the devices that cannot be reached now, or for all to be sure. */
  readonly keep: 'nobody' | 'unreachable' | 'all';
  /** Also to one's own other devices. */
  readonly own: boolean;
  /** To everybody else's devices; or in a group to those of one member. */
  readonly theirs?: boolean | string;
}

/** Resolves to whether there is nobody left who should have it and did not get it. */
export type Broadcast = (
  conversationId: string,
  message: WireMessage,
  audience: Audience,
) => Promise<boolean>;

export function createBroadcast(carrier: Carrier): Broadcast {
  return async (conversationId, message, { keep, own, theirs = true }) => {
    const all = carrier.audience(conversationId) ?? (await carrier.prepare(conversationId));
    if (!all) return false;
    const readers = all.filter(({ userId }) => {
      if (userId === carrier.ownId) return own;
      return typeof theirs === 'string' ? userId === theirs : theirs;
    });
    const linked = (to: Address): boolean =>
      keep !== 'all' &&
      takesLink(carrier.reach(conversationId, to)) &&
      carrier.sendLink(conversationId, to, message) === 'sent';
    const unlinked = readers.filter((to) => !linked(to));
    if (unlinked.length === 0) return readers.length > 0 || theirs === false;
    const reached = (to: Address): boolean => keep !== 'all' && carrier.reach(conversationId, to).relay;
    if (keep === 'nobody' && !unlinked.some(reached)) return false;
    const sealed = await carrier.seal(conversationId, message);
    if (!sealed) return false;
    const { bytes } = sealed;
    const relayed = await Promise.all(
      unlinked.map(async (to) => reached(to) && (await carrier.sendRelay(to, bytes)).ok),
    );
    const rest = unlinked.filter((_, at) => !relayed[at]);
    if (rest.length === 0) return true;
    return keep !== 'nobody' && (await carrier.sendMail(conversationId, [{ id: null, to: rest, bytes }])).ok;
  };
}
