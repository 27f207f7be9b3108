/** The leading tab's conversations: joins delivery and inbox with the links, the server and the database. */
import { isGroupId } from '../../signaling/protocol/common.ts';
import { base64 } from './base64.ts';
import { createBroadcast } from './conversation/broadcast.ts';
import type { Carrier } from './conversation/carrier.ts';
import { announcementOf } from './conversation/conversation.ts';
import type { Announced } from './conversation/conversation.ts';
import type { StoredConversation } from './database.ts';
import { createDelivery } from './conversation/delivery.ts';
import type { Delivery } from './conversation/delivery.ts';
import { createInbox } from './conversation/inbox.ts';
import type { InHand } from './conversation/in-hand.ts';
import type { Inbox } from './conversation/inbox.ts';
import type { DeviceReach } from './conversation/outbox.ts';
import { createReceipts } from './conversation/receipts.ts';
import type { Letter, Posted } from './conversation/post.ts';
import type { Store } from './conversation/store.ts';
import type { Change } from './conversation/writing.ts';
import type { Address } from './crypto/address.ts';
import { keyOf } from './crypto/address.ts';
import { mentions } from './conversation/changes.ts';
import { fromWire } from './conversation/wire-form.ts';
import { MESH_MAX } from './leader-groups.ts';
import type { LeaderGroups } from './leader-groups.ts';
import type { Links } from './link/links.ts';
import type { LinkView } from './link/link.ts';
import { wrapCopy } from './mail/copy.ts';
import type { Mailbox } from './mail/mailbox.ts';
import type { Notice, Preferences, Result } from './model.ts';
import type { Platform } from './platform.ts';
import { ok } from './result.ts';
import type { Scope } from './scope.ts';
import type { Sealing } from './sealing.ts';
import { packLinkLetter } from './wire/link-letter.ts';
import type { WireMessage } from './wire/message.ts';

interface Needs {
  readonly platform: Pick<Platform, 'clock' | 'timers' | 'soon'>;
  readonly scope: Scope;
  readonly store: Store;
  readonly inHand: InHand;
  readonly ownId: string;
  readonly links: () => Links;
  readonly sealing: Sealing;
  readonly mailbox: Mailbox;
  /** Through the server; `body` is base64. */
  readonly relay: (to: Address, body: string) => Promise<Result<unknown>>;
  readonly online: () => boolean;
  /** The friend's devices that the server can reach now. */
  readonly present: (friendId: string) => readonly string[];
  readonly isFriend: (userId: string) => boolean;
  /** A friend, or in a group with this person. */
  readonly isKnown: (userId: string) => boolean;
  readonly groups: Pick<LeaderGroups, 'members' | 'isOver' | 'isMesh' | 'isStopped' | 'position' | 'want'>;
  /** Nothing is said of what comes in it, unless it mentions this person. */
  readonly isMuted: (friendId: string) => boolean;
  readonly line: (friendId: string) => StoredConversation | null;
  readonly preferences: () => Preferences;
  readonly announce: (change: Announced) => void;
  readonly raise: (notice: Notice) => void;
  readonly onTyping: (conversationId: string, userId: string, typing: boolean) => void;
}

export interface LeaderTalk {
  readonly store: Store;
  readonly delivery: Delivery;
  readonly inbox: Inbox;
  /** Begins to send what waits. */
  start(): Promise<void>;
  /** Tells the friend's devices, and one's own others, what was read here, unless the person keeps it to themselves. */
  tellRead(friendId: string): void;
  tellTyping(friendId: string, typing: boolean): void;
  /** What waits for anybody but these friends has failed. */
  giveUpOnStrangers(): Promise<void>;
}

const NO_LINK: DeviceReach['link'] = { state: 'none' };
/** In a group of very many, how often it is said what was read. */
const TELL_MANY_EVERY = 30_000;

export function startTalk(needs: Needs): LeaderTalk {
  const { store, announce, ownId, mailbox, sealing, groups } = needs;
  const { clock, timers } = needs.platform;
  const tellOf = (change: Change): void => announce(announcementOf(change));

  /** Groups of very many, in which what nobody waits for is said later. */
  const toldLater = new Map<string, () => void>();
  needs.scope.own(() => toldLater.forEach((cancel) => cancel()));

  /** Conversations of which it is being told what was read. */
  const saying = new Set<string>();

  const others = (friendId: string): readonly string[] =>
    isGroupId(friendId) ? (groups.members(friendId) ?? []).filter((id) => id !== ownId) : [friendId];
  const isLarge = (friendId: string): boolean => others(friendId).length >= MESH_MAX;

  const linkTo = (to: Address) =>
    needs
      .links()
      .of(to.userId)
      .find(({ address }) => keyOf(address) === keyOf(to));

  function reach(friendId: string, to: Address): DeviceReach {
    const mailbox = needs.online();
    if (to.userId === ownId || (isGroupId(friendId) && !groups.isMesh(friendId)))
      return { link: NO_LINK, relay: false, mailbox };
    return {
      link: linkReach(linkTo(to)?.view.get()),
      relay: needs.present(to.userId).includes(to.deviceId),
      mailbox,
    };
  }

  /** One's own other devices are told which conversation it belongs to; the friend's know by whom it is from. In a group all were told when it was sealed. */
  async function sendMail(friendId: string, letters: readonly Letter[]): Promise<Result<readonly Posted[]>> {
    const parcels = letters.flatMap(({ to, bytes }) => {
      if (isGroupId(friendId)) return [{ to, bytes }];
      const own = to.filter(({ userId }) => userId === ownId);
      const theirs = to.filter(({ userId }) => userId !== ownId);
      return [
        ...(theirs.length > 0 ? [{ to: theirs, bytes }] : []),
        ...(own.length > 0 ? [{ to: own, bytes: wrapCopy(friendId, bytes) }] : []),
      ];
    });
    const answer = await mailbox.send(sealing.newMailId(), parcels);
    if (!answer.ok) return answer;
    const refused = new Map(answer.value.map(({ to, code }) => [keyOf(to), code]));
    const became = (to: readonly Address[], code: string | undefined) =>
      to.filter((each) => refused.get(keyOf(each)) === code);
    return ok(
      letters.flatMap(({ id, to }): Posted[] =>
        id === null ? [] : [{ id, taken: became(to, undefined), full: became(to, 'mailbox-full') }],
      ),
    );
  }

  function sendLink(friendId: string, to: Address, message: WireMessage) {
    const link = linkTo(to);
    if (!link) return 'closed';
    if (!isGroupId(friendId)) return link.sendChat(packLinkLetter(message));
    const log = groups.position(friendId) ?? undefined;
    return link.sendChat(wrapCopy(friendId, packLinkLetter({ ...message, log })));
  }

  const carrier: Carrier = {
    ownId,
    want: (friendId, on) =>
      isGroupId(friendId) ? groups.want(friendId, 'outbox', on) : needs.links().want(friendId, 'outbox', on),
    audience: (friendId) => (groups.isStopped(friendId) ? null : sealing.audience(friendId)),
    prepare: async (friendId) => (groups.isStopped(friendId) ? null : sealing.prepare(friendId)),
    seal: async (friendId, message) => (groups.isStopped(friendId) ? null : sealing.seal(friendId, message)),
    reach,
    sendLink,
    sendRelay: (to, bytes) => needs.relay(to, base64(bytes)),
    sendMail,
  };
  const broadcast = createBroadcast(carrier);

  const delivery = createDelivery({
    clock,
    timers,
    scope: needs.scope,
    store,
    carrier,
    onSent: async (friendId, sent, finished) => {
      const change = await store.markSent(friendId, sent, finished);
      if (change.messages.length > 0) tellOf(change);
    },
    onGivenUp: async (friendId, ids, failure) => tellOf(await store.giveUp(friendId, ids, failure)),
  });

  const receipts = createReceipts(({ friendId, userId, sure }, delivered) => {
    const theirs = isGroupId(friendId) ? userId : true;
    const audience = { keep: sure ? 'all' : 'unreachable', own: false, theirs } as const;
    return broadcast(friendId, { type: 'receipt', delivered: [...delivered] }, audience);
  });

  const inbox = createInbox({
    store,
    ownId,
    open: (from, bytes, came) => sealing.open(from, bytes, came),
    isKnown: needs.isKnown,
    others,
    reply(to, delivered) {
      // Nobody waits for it, and it would be one from each of very many.
      if (!to.sure || !isLarge(to.friendId)) receipts(to, delivered);
    },
    onChange: tellOf,
    drawn: () => new Promise((done) => needs.platform.soon(done)),
    onArriving: (friendId, messages) => announce({ friendId, messages, conversation: null }),
    onMessages: (friendId, messages) => {
      const heard = needs.isMuted(friendId) ? messages.filter((each) => mentions(each, ownId)) : messages;
      const message = heard.findLast(({ body }) => body.kind !== 'deleted');
      if (message) needs.raise({ kind: 'message', friendId, message });
    },
    onReceived: (friendId, from, ids) => delivery.received(friendId, from, ids),
    onDropped: (friendId, ids) => delivery.dropped(friendId, ids),
    onTyping: needs.onTyping,
  });

  /** One telling at a time; what is read meanwhile is told by the next. */
  async function sayWhatWasRead(friendId: string): Promise<void> {
    if (saying.has(friendId)) return;
    saying.add(friendId);
    try {
      for (let told = true; told;) {
        const { readUpTo = null, readTold = null } = needs.line(friendId) ?? {};
        told = readUpTo !== null && readUpTo !== readTold && (await sayRead(friendId, readUpTo));
      }
    } finally {
      saying.delete(friendId);
    }
  }

  async function sayRead(friendId: string, readUpTo: string): Promise<boolean> {
    const theirs = needs.preferences().readReceipts;
    const audience = { keep: 'unreachable', own: true, theirs } as const;
    const told = await broadcast(friendId, { type: 'receipt', delivered: [], readUpTo }, audience);
    if (told) tellOf(await store.markReadTold(friendId, readUpTo));
    return told;
  }

  /** Into the outbox with what tabs left that died before it was there. */
  async function storeLeft(): Promise<void> {
    const me = { userId: ownId, deviceId: '' };
    for (const { friendId, content } of needs.inHand.left()) {
      const message = { ...fromWire(ownId, me, friendId, content), state: 'queued' } as const;
      const change = await store.addLeft(friendId, message);
      if (change.messages.length > 0) tellOf(change);
      needs.inHand.release([content.id]);
    }
  }

  return {
    store,
    delivery,
    inbox,
    async start() {
      // What the database refuses stays in hand for the next start.
      await storeLeft().catch(() => undefined);
      await delivery.start();
    },
    tellRead(friendId) {
      if (!isLarge(friendId)) quietly(sayWhatWasRead(friendId));
      else if (!toldLater.has(friendId)) {
        const tell = (): void => {
          toldLater.delete(friendId);
          quietly(sayWhatWasRead(friendId));
        };
        toldLater.set(friendId, timers.after(TELL_MANY_EVERY, tell));
      }
    },
    tellTyping(friendId, typing) {
      if (isLarge(friendId)) return;
      quietly(broadcast(friendId, { type: 'typing', typing }, { keep: 'nobody', own: false }));
    },
    async giveUpOnStrangers() {
      for (const friendId of await store.outboxFriends()) {
        const over = isGroupId(friendId) ? groups.isOver(friendId) : !needs.isFriend(friendId);
        if (over) await delivery.giveUp(friendId, { code: 'forbidden' });
      }
    },
  };
}

/** The database failed in the background: what it holds stays, and the next occasion tries again. */
export function quietly(work: Promise<unknown>): void {
  work.catch(() => undefined);
}

function linkReach(view: LinkView | undefined): DeviceReach['link'] {
  const at = view?.at;
  if (at?.phase === 'open') return { state: 'open', linkId: at.linkId, slow: view?.slow ?? false };
  if (at?.phase === 'opening' || at?.phase === 'recovering') return { state: 'opening', since: at.since };
  return NO_LINK;
}
