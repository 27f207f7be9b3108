/** Sends what nobody waits for: receipts, read marks, that somebody is typing. */
import type { WireMessage } from '../wire/message.ts';
import type { Carrier } from './carrier.ts';

interface Audience {
  /** Whether the mailbox takes it: for nobody, for the devices that cannot be reached now, or for all to be sure. */
  readonly keep: 'nobody' | 'unreachable' | 'all';
  /** Also to one's own other devices. */
  readonly own: boolean;
  /** To the friend's devices. */
  readonly theirs?: boolean;
}

/** Resolves to whether there is nobody left who should have it and did not get it. */
export type Broadcast = (friendId: string, message: WireMessage, audience: Audience) => Promise<boolean>;

export function createBroadcast(carrier: Carrier): Broadcast {
  return async (friendId, message, { keep, own, theirs = true }) => {
    const sealed = await carrier.seal(friendId, message);
    if (!sealed) return false;
    const { bytes } = sealed;
    const readers = sealed.readers.filter(({ userId }) => (userId === friendId ? theirs : own));
    const live = await Promise.all(
      readers.map(async (to) => {
        if (keep === 'all') return false;
        if (carrier.sendLink(to, bytes) === 'sent') return true;
        return carrier.reach(to).relay && (await carrier.sendRelay(to, bytes)).ok;
      }),
    );
    const rest = readers.filter((_, at) => !live[at]);
    if (rest.length === 0) return readers.length > 0 || !theirs;
    return keep !== 'nobody' && (await carrier.sendMail(friendId, [{ id: null, to: rest, bytes }])).ok;
  };
}
