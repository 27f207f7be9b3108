/** The leading tab's encryption: seals and opens messages with the engine, and brings it the mail that is for it. */
import * as v from 'valibot';
import { isGroupId } from '../../signaling/protocol/common.ts';
import type { Came, Opened, Taken, Via } from './conversation/inbox.ts';
import { createBacklog } from './crypto/backlog.ts';
import type { Unopened } from './crypto/backlog.ts';
import type { Address } from './crypto/address.ts';
import { keyOf } from './crypto/address.ts';
import type { EngineNeeds, News } from './crypto/engine-model.ts';
import type { Room } from './crypto/rooms.ts';
import { mayPass } from './crypto/outcome.ts';
import type { Outcome } from './crypto/outcome.ts';
import type { Place } from './crypto/repeats.ts';
import type { Membership } from './groups/membership.ts';
import { unwrapCopy, wrapCopy } from './mail/copy.ts';
import type { Handled, Mailbox, MailItem } from './mail/mailbox.ts';
import type { Result } from './model.ts';
import type { FullPlatform } from './full-platform.ts';
import { hexOf } from './hex.ts';
import { startEngine } from './leader-engine.ts';
import { startSignals } from './leader-signals.ts';
import type { Scope } from './scope.ts';
import type { SecurityTools } from './identity-keeper.ts';
import type { Sealing } from './sealing.ts';
import type { Http } from './signaling/http.ts';
import { isLinkLetter, unpackLinkLetter } from './wire/link-letter.ts';
import type { LogPosition, Spoken, WireMessage } from './wire/message.ts';
import { spokenSchema } from './wire/message.ts';

interface Needs {
  readonly platform: FullPlatform;
  readonly scope: Scope;
  readonly http: Http;
  readonly me: Address;
  readonly mailbox: () => Mailbox;
  /** See LeaderSignals. */
  readonly collected: () => Promise<void>;
  readonly isFriend: (userId: string) => boolean;
  /** A friend, or in a group with this person. */
  readonly isKnown: (userId: string) => boolean;
  /** Of a group that this person is in, oneself included. */
  readonly members: (groupId: string) => readonly string[] | null;
  readonly wasMember: (groupId: string, userId: string, at: number | null) => Promise<Membership>;
  /** What this device knows of the group's log. */
  readonly position: (groupId: string) => LogPosition | null;
  /** What somebody's device knows of it. */
  readonly onPosition: (groupId: string, userId: string, position: LogPosition) => void;
  readonly onTold: EngineNeeds['onTold'];
  readonly isOnline: () => boolean;
  /** A message; what it says goes through `sealing.open`. */
  readonly onMessage: (from: Address, bytes: Uint8Array, came: Came) => Promise<Taken>;
  /** How many messages came before their keys, by conversation; told a moment late, since most keys come at once. */
  readonly onUnopened: (counts: ReadonlyMap<string, number>) => void;
  readonly onSignal: (from: Address, linkId: string, body: string) => void;
  /** What was sealed before, or could not be, may be sealed for other devices now: of this friend, or of anybody (null). */
  readonly onDevices: (friendId: string | null) => void;
  /** The engine is there, or (null) could not be had. */
  readonly onEngine: (tools: SecurityTools | null) => void;
  /** The server's word on keys has been taken in; resolves when this device's own identity is looked after. */
  readonly onNews: () => Promise<void>;
}

export interface LeaderCrypto {
  readonly sealing: Sealing;
  /** At every welcome, and whenever the server says that keys changed. */
  announce(news: News): Promise<void>;
  /** What an `onMessage` is for, from the link or the live relay. */
  take(from: Address, bytes: Uint8Array, via: Exclude<Via, 'mail'>): void;
  readonly takeEvents: (items: readonly MailItem[]) => Promise<Handled>;
  /** `more`: see `Came`. */
  readonly takeMessages: (items: readonly MailItem[], more: boolean) => Promise<Handled>;
  /** What could not be opened yet may be now. */
  retry(): void;
  takeSignal(from: Address, linkId: string, body: string): void;
  /** The devices of this person that are believed: signed by their owner, and not removed. Null: not known now. */
  devicesOf(userId: string): Promise<readonly string[] | null>;
  sealSignal(to: Address, linkId: string, body: string): Promise<Result<string>>;
}

const USELESS: Opened = { ok: false, why: 'useless' };
const LATER: Opened = { ok: false, why: 'later' };

/** Before it is said that messages wait for their keys. */
const UNOPENED_AFTER = 2_000;
/** Sealing failed for a reason that time may mend. */
const RETRY = 5_000;

/** `!<smaller id>.<greater id>:holler` */
const roomOf = (ownId: string, friendId: string): Room => {
  const members = [ownId, friendId].toSorted((a, b) => (a < b ? -1 : 1));
  return { id: `!${members.join('.')}:holler`, members };
};
const groupRoom = (groupId: string): string => `!${groupId}:holler`;

export function startCrypto(needs: Needs): LeaderCrypto {
  const { platform, scope, me, mailbox } = needs;
  const { timers, random, report } = platform;
  let cancelRetry: (() => void) | null = null;
  let cancelTelling = (): void => undefined;
  scope.own(() => cancelTelling());
  scope.own(() => cancelRetry?.());

  const newMailId = (): string => hexOf(random.bytes(16));

  /** Null: one is no member of that group. */
  function roomFor(conversationId: string): Room | null {
    if (!isGroupId(conversationId)) return roomOf(me.userId, conversationId);
    const members = needs.members(conversationId);
    return members && { id: groupRoom(conversationId), members, group: true };
  }

  function mayRead(roomId: string, userId: string): boolean {
    if (userId === me.userId || roomOf(me.userId, userId).id === roomId) return true;
    return needs.members(roomId.slice(1, -':holler'.length))?.includes(userId) ?? false;
  }

  const backlog = createBacklog(
    async ({ from, bytes, mailId, at }) => {
      const taken = await needs.onMessage(from, bytes, { via: mailId === null ? 'relay' : 'mail', at });
      if (taken === 'done' && mailId !== null) mailbox().acknowledge([mailId]);
      return taken !== 'no-key';
    },
    tellUnopened,
    report,
  );

  const holder = startEngine({ ...needs, mayRead, onKeys: () => backlog.retry() });
  const signals = startSignals({ ...needs, engine: holder, report });

  function tellUnopened(kept: readonly Unopened[]): void {
    cancelTelling();
    cancelTelling = timers.after(UNOPENED_AFTER, () => {
      const counts = new Map<string, number>();
      for (const { from, bytes } of kept) {
        const { conversationId } = placeOf(from, bytes);
        counts.set(conversationId, (counts.get(conversationId) ?? 0) + 1);
      }
      needs.onUnopened(counts);
    });
  }

  /** The conversation that it says it belongs to, and what is sealed. */
  function placeOf(from: Address, bytes: Uint8Array): { conversationId: string; bytes: Uint8Array } {
    const copy = unwrapCopy(bytes);
    if (copy && (copy.inGroup || from.userId === me.userId))
      return { conversationId: copy.conversationId, bytes: copy.bytes };
    return { conversationId: from.userId, bytes };
  }

  function retryLater(): void {
    cancelRetry ??= timers.after(RETRY, () => {
      cancelRetry = null;
      needs.onDevices(null);
    });
  }

  // --- Messages --------------------------------------------------------------------------------------------------

  const sealing: Sealing = {
    newMailId,
    audience(conversationId) {
      const room = roomFor(conversationId);
      return room && (holder.now()?.audience(room) ?? null);
    },
    async prepare(conversationId) {
      const room = roomFor(conversationId);
      return room && orLater(await holder.now()?.prepare(room));
    },
    spoken,
    async seal(conversationId, message) {
      const room = roomFor(conversationId);
      const sealed = room && orLater(await holder.now()?.seal(room, spoken(conversationId, message)));
      return sealed && room?.group ? { ...sealed, bytes: wrapCopy(conversationId, sealed.bytes) } : sealed;
    },
    async open(from, bytes, came) {
      const copy = unwrapCopy(bytes);
      if (!holder.now()) return LATER;
      if (copy?.inGroup) return openInGroup(from, copy.conversationId, copy.bytes, came);
      if (isLinkLetter(bytes))
        return came.via === 'link' ? openLinkLetter(from, from.userId, bytes) : USELESS;
      if (copy && from.userId !== me.userId) return USELESS;
      const { conversationId, bytes: sealed } = placeOf(from, bytes);
      if (!needs.isFriend(conversationId)) return USELESS;
      return openSealed(conversationId, roomOf(me.userId, conversationId).id, from, sealed);
    },
  };

  /** For what is not shown twice. Letters are told apart by their ids instead, since a repeat wants its receipt again. */
  function isReplay({ repeat, place }: { repeat: boolean; place: Place }): boolean {
    if (!repeat) void holder.now()?.settle([place]);
    return repeat;
  }

  /** Only what was written by somebody who was a member then. */
  async function openInGroup(
    from: Address,
    groupId: string,
    bytes: Uint8Array,
    { via, at }: Came,
  ): Promise<Opened> {
    const membership = await needs.wasMember(groupId, from.userId, at);
    if (membership === 'no') return USELESS;
    // It is tried again when more of the group's log is known.
    if (membership === 'later') return { ok: false, why: 'no-key' };
    if (isLinkLetter(bytes)) return via === 'link' ? openLinkLetter(from, groupId, bytes) : USELESS;
    return openSealed(groupId, groupRoom(groupId), from, bytes);
  }

  async function openSealed(
    conversationId: string,
    roomId: string,
    from: Address,
    bytes: Uint8Array,
  ): Promise<Opened> {
    const opened = await holder.now()?.open(roomId, from, bytes);
    if (!opened) return LATER;
    if (!opened.ok) {
      if (opened.why === 'no-key') return { ok: false, why: 'no-key' };
      return ['unreachable', 'storage', 'broken', 'identity-changed'].includes(opened.why) ? LATER : USELESS;
    }
    const parsed = v.safeParse(spokenSchema, opened.content);
    if (!parsed.success || (parsed.output.type === 'typing' && isReplay(opened))) return USELESS;
    return heard(conversationId, from, parsed.output);
  }

  function spoken(conversationId: string, message: WireMessage): Spoken {
    const log = isGroupId(conversationId) ? needs.position(conversationId) : null;
    const removed = holder.now()?.removed() ?? [];
    return { ...message, ...(log && { log }), ...(removed.length > 0 && { removed: [...removed] }) };
  }

  async function heard(
    conversationId: string,
    from: Address,
    { log, removed, ...message }: Spoken,
  ): Promise<Opened> {
    if (log && isGroupId(conversationId)) needs.onPosition(conversationId, from.userId, log);
    // Before anything is answered. If it could not be noted, it holds all the same, and is said again.
    if (removed) await holder.now()?.heardRemoved(from, removed);
    return { ok: true, conversationId, message };
  }

  function orLater<T>(done: Outcome<T> | undefined): T | null {
    if (done?.ok) return done.value;
    if (done && mayPass(done.failure)) retryLater();
    return null;
  }

  /** Only from a device that would be written to itself: the link knows which one it leads to, not what it is worth now. */
  async function openLinkLetter(from: Address, conversationId: string, bytes: Uint8Array): Promise<Opened> {
    if (conversationId === from.userId && !needs.isFriend(conversationId)) return USELESS;
    const believed = sealing.audience(conversationId) ?? (await sealing.prepare(conversationId));
    if (!believed) return LATER;
    if (!believed.some((each) => keyOf(each) === keyOf(from))) return USELESS;
    const spoken = unpackLinkLetter(bytes);
    return spoken ? heard(conversationId, from, spoken) : USELESS;
  }

  function take(from: Address, bytes: Uint8Array, via: Exclude<Via, 'mail'>): void {
    void needs.onMessage(from, bytes, { via, at: null }).then((taken) => {
      // What came by link is not to be taken for anything else later, and is sent again.
      if (taken === 'no-key' && via === 'relay') backlog.add({ from, bytes, mailId: null, at: null });
    });
  }

  // --- Mail ------------------------------------------------------------------------------------------------------

  async function takeEvents(items: readonly MailItem[]): Promise<Handled> {
    const taken = await holder.now()?.takeEvents(items);
    // Without an engine all is collected once it is there.
    if (!taken) return { done: [], again: false };
    return taken.ok ? { done: items.map(({ id }) => id), again: false } : { done: [], again: true };
  }

  async function takeMessages(items: readonly MailItem[], more: boolean): Promise<Handled> {
    const done: string[] = [];
    let again = false;
    // Not even a microtask goes by between them, so that they are opened and stored together.
    const opened = items.map(async ({ id, from, at, bytes }) => {
      const taken = await needs.onMessage(from, bytes, { via: 'mail', at, more });
      if (taken === 'done') done.push(id);
      else if (taken === 'no-key') backlog.add({ from, bytes, mailId: id, at });
      else again = true;
    });
    await Promise.all(opened);
    return { done, again };
  }

  return {
    sealing,
    announce: holder.announce,
    take,
    takeEvents,
    takeMessages,
    retry: () => backlog.retry(),
    async devicesOf(userId) {
      const known = await holder.now()?.devicesOf(userId);
      return known?.ok ? known.value : null;
    },
    takeSignal(from, linkId, body) {
      // Nobody but these and another device of one's own is worth the work.
      if (from.userId === me.userId || needs.isKnown(from.userId)) signals.take(from, linkId, body);
    },
    sealSignal: signals.seal,
  };
}
