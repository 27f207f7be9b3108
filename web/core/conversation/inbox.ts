/** Takes in what devices send, other people's and one's own others: stores it, answers with receipts, and applies theirs. */
import type { Address } from '../crypto/address.ts';
import { keyOf } from '../crypto/address.ts';
import type { Message } from '../model.ts';
import type { WireChange, WireContent, WireMessage, WireReceipt } from '../wire/message.ts';
import type { Report } from '../platform.ts';
import { authorOfId } from '../wire/message-id.ts';
import { WIRE_LIMITS } from '../wire/message.ts';
import type { Receipts } from './receipts.ts';
import type { Store } from './store.ts';
import { authorOf, fromWire } from './wire-form.ts';
import type { Change } from './writing.ts';

/** Waiting messages of one device beyond this are dropped; without a receipt they are sent again later. */
const QUEUE_MAX = 2_000;

/** The way by which some bytes came. */
export type Via = 'link' | 'relay' | 'mail';

export interface Came {
  readonly via: Via;
  /** When the server took it into the mailbox, ms since 1970; null if it came just now. */
  readonly at: number | null;
  /** Of what waited in the mailbox: whether more of it follows. */
  readonly more?: boolean;
}

/** What became of some bytes. `no-key`: they cannot be opened yet; `not-stored`: they should be given again later. */
export type Taken = 'done' | 'no-key' | 'not-stored';

/** `useless`: forged, malformed, from nobody one knows, or here already; `not-theirs`: under the id of somebody else's. */
export type Opened =
  /** `conversationId`: a friend's id or a group's, in which this person may speak. */
  | { readonly ok: true; readonly conversationId: string; readonly message: WireMessage }
  | { readonly ok: false; readonly why: 'useless' | 'not-theirs' | 'no-key' | 'later' };

/** It could not be found out. */
const LATER: Opened = { ok: false, why: 'later' };

const TAKEN = {
  useless: 'done',
  'not-theirs': 'done',
  'no-key': 'no-key',
  later: 'not-stored',
} as const;

interface Needs {
  readonly store: Store;
  readonly ownId: string;
  readonly open: (from: Address, bytes: Uint8Array, came: Came) => Promise<Opened>;
  /** A friend, or in a group with this person. */
  readonly isKnown: (userId: string) => boolean;
  /** The receipt, to all devices of this person. */
  readonly reply: Receipts['say'];
  /** Everybody in this conversation but oneself. */
  readonly others: (conversationId: string) => readonly string[];
  /** `more`: see `Came`. */
  readonly onChange: (change: Change, more?: boolean) => void;
  /** The person looks at the newest of this conversation. */
  readonly isWatched: (conversationId: string) => boolean;
  /** What came was seen as it came. */
  readonly onSeen: (conversationId: string) => void;
  /** The page has drawn what it was told of. */
  readonly drawn: () => Promise<void>;
  readonly report: Report;
  /** Is being stored now. */
  readonly onArriving: (conversationId: string, messages: readonly Message[]) => void;
  readonly onMessages: (conversationId: string, messages: readonly Message[]) => void;
  /** A device of somebody else has these; answers with those that are finished. */
  readonly onReceived: (conversationId: string, from: Address, ids: readonly string[]) => readonly string[];
  /** They are out of the outbox. */
  readonly onDropped: (conversationId: string, ids: readonly string[]) => void;
  readonly onTyping: (conversationId: string, userId: string, typing: boolean) => void;
}

export interface Inbox {
  /** What came by mail is never sent again, unlike what came by link or relay. */
  take(from: Address, bytes: Uint8Array, came: Came): Promise<Taken>;
}

interface Piece {
  readonly bytes: Uint8Array;
  readonly came: Came;
  readonly done: (taken: Taken) => void;
}

interface Coming {
  /** Its receipt must not be lost. */
  readonly sure: boolean;
  readonly more: boolean | undefined;
}

/** In the order of arrival; one batch is opened while the one before it still is, or is being stored, and no third. */
interface Queue {
  readonly waiting: Piece[];
  working: boolean;
  /** All that is being worked off. */
  stored: Promise<void>;
}

export function createInbox(needs: Needs): Inbox {
  const { store, ownId } = needs;
  /** By sending device. */
  const queues = new Map<string, Queue>();

  function queueOf(from: Address): Queue {
    const key = keyOf(from);
    const queue = queues.get(key) ?? { waiting: [], working: false, stored: Promise.resolve() };
    queues.set(key, queue);
    return queue;
  }

  function take(from: Address, bytes: Uint8Array, came: Came): Promise<Taken> {
    if (from.userId !== ownId && !needs.isKnown(from.userId)) return Promise.resolve('done');
    const queue = queueOf(from);
    if (queue.waiting.length >= QUEUE_MAX) return Promise.resolve('not-stored');
    return new Promise((done) => {
      queue.waiting.push({ bytes, came, done });
      if (!queue.working) void workOff(from, queue);
    });
  }

  async function workOff(from: Address, queue: Queue): Promise<void> {
    queue.working = true;
    // What comes in the same moment, such as a page of mail, is worked off together.
    await Promise.resolve();
    while (queue.waiting.length > 0) {
      const batch = queue.waiting.splice(0, WIRE_LIMITS.receiptMax);
      const opening = Promise.all(batch.map(({ bytes, came }) => openOne(from, bytes, came)));
      const before = queue.stored;
      queue.stored = before.then(async () => takeAll(from, batch, await opening));
      await before;
    }
    queue.working = false;
  }

  /** What breaks on the way to being opened will be sent or handed over again. */
  async function openOne(from: Address, bytes: Uint8Array, came: Came): Promise<Opened> {
    try {
      return ofTheirs(from.userId, await needs.open(from, bytes, came));
    } catch (error) {
      needs.report('opening a letter', error);
      return LATER;
    }
  }

  async function takeAll(from: Address, batch: readonly Piece[], results: readonly Opened[]): Promise<void> {
    const letters = new Map<string, WireMessage[]>();
    const opened: Piece[] = [];
    for (const [at, piece] of batch.entries()) {
      const letter = results[at]!;
      if (letter.ok) {
        const said = letters.get(letter.conversationId) ?? [];
        said.push(letter.message);
        letters.set(letter.conversationId, said);
        opened.push(piece);
      } else piece.done(TAKEN[letter.why]);
    }
    try {
      const sure = opened.some(({ came }) => came.via === 'mail');
      const more = opened.at(-1)?.came.more;
      for (const [conversationId, messages] of letters)
        await deliver(from, conversationId, messages, { sure, more });
      for (const { done } of opened) done('done');
    } catch (error) {
      // The database refused: no receipt was sent, so it will be sent or handed over again.
      needs.report('storing letters', error);
      for (const { done } of opened) done('not-stored');
    }
  }

  async function deliver(
    from: Address,
    conversationId: string,
    letters: readonly WireMessage[],
    coming: Coming,
  ): Promise<void> {
    const contents: WireContent[] = [];
    const changes: WireChange[] = [];
    for (const message of letters) {
      if (message.type === 'receipt') await takeReceipt(from, conversationId, message);
      else if (message.type === 'typing') {
        if (from.userId !== ownId) needs.onTyping(conversationId, from.userId, message.typing);
      } else if ('target' in message) changes.push(message);
      else contents.push(message);
    }
    if (contents.length + changes.length > 0) await takeIn(from, conversationId, contents, changes, coming);
  }

  async function takeIn(
    from: Address,
    conversationId: string,
    contents: readonly WireContent[],
    changes: readonly WireChange[],
    { sure, more }: Coming,
  ): Promise<void> {
    const messages = contents.map((content) => fromWire(ownId, from, conversationId, content));
    // What was changed before it came is shown as it is then, and not before. Nobody watches for what comes by mail.
    if (changes.length === 0 && !sure) {
      needs.onArriving(conversationId, messages);
      // Lets the page draw it first: to begin storing takes as long.
      await needs.drawn();
    }
    const by = authorOf(ownId, conversationId, from.userId);
    const watched = by !== 'me' && needs.isWatched(conversationId);
    const change = await store.addReceived(conversationId, by, messages, changes, watched);
    if (change.messages.length > 0) needs.onChange(change, more);
    // Also for what was here before: the receipt for it may have been lost.
    const delivered = [...contents, ...changes].map(({ id }) => id);
    if (by !== 'me') needs.reply({ conversationId, userId: from.userId, sure }, delivered);
    if (change.added.length === 0 || by === 'me') return;
    needs.onTyping(conversationId, from.userId, false);
    needs.onMessages(conversationId, change.added);
    if (change.added.some(({ state }) => state === 'read')) needs.onSeen(conversationId);
  }

  async function takeReceipt(from: Address, conversationId: string, receipt: WireReceipt): Promise<void> {
    const { readUpTo = null } = receipt;
    const delivered = receipt.delivered.filter((id) => (authorOfId(id) ?? ownId) === ownId);
    if (from.userId === ownId) {
      // Read on another device of one's own.
      if (readUpTo !== null) needs.onChange(await store.markRead(conversationId, readUpTo));
      return;
    }
    const finished = needs.onReceived(conversationId, from, delivered);
    const reader = { id: from.userId, others: needs.others(conversationId) };
    const change = await store.applyReceipt(conversationId, delivered, readUpTo, finished, reader);
    needs.onDropped(conversationId, finished);
    if (change.messages.length > 0 || readUpTo !== null) needs.onChange(change);
  }

  return { take };
}

/**
 * Repeats are known by their ids, so whoever could use the id of somebody else's letter would keep that from being shown.
 * Nor may what only its author can do to a message wait in place of the author's own word on it.
 */
export function ofTheirs(userId: string, opened: Opened): Opened {
  if (!opened.ok || !('id' in opened.message)) return opened;
  const { message } = opened;
  const target = message.type === 'edit' || message.type === 'delete' ? authorOfId(message.target) : null;
  if (authorOfId(message.id) === userId && (target ?? userId) === userId) return opened;
  return { ok: false, why: 'not-theirs' };
}
