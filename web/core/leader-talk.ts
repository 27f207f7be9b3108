/** The leading tab's conversations: joins delivery and inbox with the links, the server and the database. */
import { isGroupId } from '../../signaling/protocol/common.ts';
import { inBackground } from './background.ts';
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
import { createOwedReceipts } from './conversation/owed-receipts.ts';
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
import type { WireMessage, WireReceipt } from './wire/message.ts';
import { boundTo } from './wire/message-id.ts';

interface Needs {
  readonly platform: Pick<Platform, 'clock' | 'timers' | 'random' | 'keep' | 'soon' | 'report'>;
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
  readonly present: (conversationId: string) => readonly string[];
  readonly isFriend: (userId: string) => boolean;
  /** A friend, or in a group with this person. */
  readonly isKnown: (userId: string) => boolean;
  readonly groups: Pick<LeaderGroups, 'members' | 'isOver' | 'isMesh' | 'isStopped' | 'want'>;
  /** Nothing is said of what comes in it, unless it mentions this person. */
  readonly isMuted: (conversationId: string) => boolean;
  /** The person looks at the newest of it, in this tab. */
  readonly isWatched: (conversationId: string) => boolean;
  readonly line: (conversationId: string) => StoredConversation | null;
  readonly preferences: () => Preferences;
  readonly announce: (change: Announced) => void;
  readonly raise: (notice: Notice) => void;
  readonly onTyping: (conversationId: string, userId: string, typing: boolean) => void;
}

export interface LeaderTalk {
  readonly store: Store;
  readonly delivery: Delivery;
  readonly inbox: Inbox;
  /** Sends what waits, and what other tabs left that are gone: at the start, and whenever one goes. */
  takeUp(): Promise<void>;
  /** Tells the friend's devices, and one's own others, what was read here, unless the person keeps it to themselves. */
  tellRead(conversationId: string): void;
  tellTyping(conversationId: string, typing: boolean): void;
  /** What waits for anybody but these friends has failed. */
  giveUpOnStrangers(): Promise<void>;
}

const NO_LINK: DeviceReach['link'] = { state: 'none' };
/** In a group of very many, how often it is said what was read. */
const TELL_MANY_EVERY = 30_000;

export function startTalk(needs: Needs): LeaderTalk {
  const { store, announce, ownId, mailbox, sealing, groups } = needs;
  const { clock, timers, report } = needs.platform;
  const background = inBackground(report);
  const tellOf = (change: Change, more?: boolean): void =>
    announce({ ...announcementOf(change), ...(more !== undefined && { more }) });

  /** Groups of very many, in which what nobody waits for is said later. */
  const toldLater = new Map<string, () => void>();
  needs.scope.own(() => toldLater.forEach((cancel) => cancel()));

  /** Conversations of which it is being told what was read. */
  const saying = new Set<string>();

  const others = (conversationId: string): readonly string[] =>
    isGroupId(conversationId)
      ? (groups.members(conversationId) ?? []).filter((id) => id !== ownId)
      : [conversationId];
  const isLarge = (conversationId: string): boolean => others(conversationId).length >= MESH_MAX;

  const linkTo = (to: Address) =>
    needs
      .links()
      .of(to.userId)
      .find(({ address }) => keyOf(address) === keyOf(to));

  function reach(conversationId: string, to: Address): DeviceReach {
    const mailbox = needs.online();
    if (to.userId === ownId || (isGroupId(conversationId) && !groups.isMesh(conversationId)))
      return { link: NO_LINK, relay: false, mailbox };
    return {
      link: linkReach(linkTo(to)?.view.get()),
      relay: needs.present(to.userId).includes(to.deviceId),
      mailbox,
    };
  }

  /** One's own other devices are told which conversation it belongs to; the friend's know by whom it is from. In a group all were told when it was sealed. */
  async function sendMail(
    conversationId: string,
    letters: readonly Letter[],
  ): Promise<Result<readonly Posted[]>> {
    const parcels = letters.flatMap(({ to, bytes }) => {
      if (isGroupId(conversationId)) return [{ to, bytes }];
      const own = to.filter(({ userId }) => userId === ownId);
      const theirs = to.filter(({ userId }) => userId !== ownId);
      return [
        ...(theirs.length > 0 ? [{ to: theirs, bytes }] : []),
        ...(own.length > 0 ? [{ to: own, bytes: wrapCopy(conversationId, bytes) }] : []),
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

  function sendLink(conversationId: string, to: Address, message: WireMessage) {
    const link = linkTo(to);
    if (!link) return 'closed';
    const bytes = packLinkLetter(sealing.spoken(conversationId, message));
    return link.sendChat(isGroupId(conversationId) ? wrapCopy(conversationId, bytes) : bytes);
  }

  const carrier: Carrier = {
    ownId,
    want: (conversationId, on) =>
      isGroupId(conversationId)
        ? groups.want(conversationId, 'outbox', on)
        : needs.links().want(conversationId, 'outbox', on),
    audience: (conversationId) =>
      groups.isStopped(conversationId) ? null : sealing.audience(conversationId),
    prepare: async (conversationId) =>
      groups.isStopped(conversationId) ? null : sealing.prepare(conversationId),
    seal: async (conversationId, message) =>
      groups.isStopped(conversationId) ? null : sealing.seal(conversationId, message),
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
    onSent: async (conversationId, sent, finished) => {
      const change = await store.markSent(conversationId, sent, finished);
      if (change.messages.length > 0) tellOf(change);
    },
    onGivenUp: async (conversationId, ids, failure) =>
      tellOf(await store.giveUp(conversationId, ids, failure)),
    report,
  });

  /** What a friend is told with a receipt anyway is one change there, not two. Null: nothing, or the person does not want it. */
  function readMarkFor(conversationId: string): string | null {
    return needs.preferences().readReceipts ? (needs.line(conversationId)?.readUpTo ?? null) : null;
  }

  const receipts = createReceipts({
    timers,
    random: needs.platform.random,
    scope: needs.scope,
    owed: createOwedReceipts(needs.platform.keep, ownId),
    async send({ conversationId, userId, sure }, delivered) {
      // Whoever is a stranger by now is owed nothing.
      if (needs.online() && !needs.isKnown(userId)) return true;
      const theirs = isGroupId(conversationId) ? userId : true;
      const audience = { keep: sure ? 'all' : 'unreachable', own: false, theirs } as const;
      const readUpTo = isGroupId(conversationId) ? null : readMarkFor(conversationId);
      const receipt: WireReceipt = { type: 'receipt', delivered: [...delivered] };
      return broadcast(conversationId, readUpTo === null ? receipt : { ...receipt, readUpTo }, audience);
    },
    report,
  });

  const inbox = createInbox({
    store,
    ownId,
    open: (from, bytes, came) => sealing.open(from, bytes, came),
    isKnown: needs.isKnown,
    others,
    reply(to, delivered) {
      // Nobody waits for it, and it would be one from each of very many.
      if (!to.sure || !isLarge(to.conversationId)) receipts.say(to, delivered);
    },
    onChange: tellOf,
    isWatched: needs.isWatched,
    onSeen: tellRead,
    drawn: () => new Promise((done) => needs.platform.soon(done)),
    report,
    onArriving: (conversationId, messages) => announce({ conversationId, messages, conversation: null }),
    onMessages: (conversationId, messages) => {
      const heard = needs.isMuted(conversationId)
        ? messages.filter((each) => mentions(each, ownId))
        : messages;
      const message = heard.findLast(({ body }) => body.kind !== 'deleted');
      if (message) needs.raise({ kind: 'message', conversationId, message });
    },
    onReceived: (conversationId, from, ids) => delivery.received(conversationId, from, ids),
    onDropped: (conversationId, ids) => delivery.dropped(conversationId, ids),
    onTyping: needs.onTyping,
  });

  /** One telling at a time; what is read meanwhile is told by the next. */
  async function sayWhatWasRead(conversationId: string): Promise<void> {
    if (saying.has(conversationId)) return;
    saying.add(conversationId);
    try {
      for (let told = true; told;) {
        const { readUpTo = null, readTold = null } = needs.line(conversationId) ?? {};
        told = readUpTo !== null && readUpTo !== readTold && (await sayRead(conversationId, readUpTo));
      }
    } finally {
      saying.delete(conversationId);
    }
  }

  async function sayRead(conversationId: string, readUpTo: string): Promise<boolean> {
    const theirs = needs.preferences().readReceipts;
    const audience = { keep: 'unreachable', own: true, theirs } as const;
    const told = await broadcast(conversationId, { type: 'receipt', delivered: [], readUpTo }, audience);
    if (told) tellOf(await store.markReadTold(conversationId, readUpTo));
    return told;
  }

  /** Into the outbox with what tabs left that died before it was there. */
  async function storeLeft(): Promise<void> {
    const me = { userId: ownId, deviceId: '' };
    for (const { conversationId, content } of needs.inHand.left()) {
      // One from before ids named their author gets an id that does, as with what is stored (conversation/binding.ts).
      const bound = { ...content, id: boundTo(content.id, ownId) };
      const message = { ...fromWire(ownId, me, conversationId, bound), state: 'queued' } as const;
      const change = await store.addLeft(conversationId, message);
      if (change.messages.length > 0) tellOf(change);
      needs.inHand.release([content.id]);
    }
  }

  function tellRead(conversationId: string): void {
    if (!isLarge(conversationId)) background('telling what was read', sayWhatWasRead(conversationId));
    else if (!toldLater.has(conversationId)) {
      const tell = (): void => {
        toldLater.delete(conversationId);
        background('telling what was read', sayWhatWasRead(conversationId));
      };
      toldLater.set(conversationId, timers.after(TELL_MANY_EVERY, tell));
    }
  }

  return {
    store,
    delivery,
    inbox,
    async takeUp() {
      // What the database refuses stays in hand for the next time.
      await storeLeft().catch((error: unknown) => report('storing what a tab left', error));
      receipts.takeUp();
      await delivery.start();
    },
    tellRead,
    tellTyping(conversationId, typing) {
      if (isLarge(conversationId)) return;
      background(
        'telling that somebody types',
        broadcast(conversationId, { type: 'typing', typing }, { keep: 'nobody', own: false }),
      );
    },
    async giveUpOnStrangers() {
      for (const conversationId of await store.outboxConversations()) {
        const over = isGroupId(conversationId)
          ? groups.isOver(conversationId)
          : !needs.isFriend(conversationId);
        if (over) await delivery.giveUp(conversationId, { code: 'forbidden' });
      }
    },
  };
}

function linkReach(view: LinkView | undefined): DeviceReach['link'] {
  const at = view?.at;
  if (at?.phase === 'open') return { state: 'open', linkId: at.linkId, slow: view?.slow ?? false };
  if (at?.phase === 'opening' || at?.phase === 'recovering') return { state: 'opening', since: at.since };
  return NO_LINK;
}
