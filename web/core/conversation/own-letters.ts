/** One's own messages and changes in the database, and the outbox that keeps them until the friend's receipt. */
import type { Failure, Message } from '../model.ts';
import type { DatabaseAccess } from '../platform.ts';
import { HIGHEST_ID, LOWEST_ID } from '../wire/message-id.ts';
import type { WireChange, WireLetter } from '../wire/message.ts';
import { mayChange, newestBy, overtakes, wouldShow } from './changes.ts';
import type { Database, StoredConversation, StoredMessage } from '../database.ts';
import { takeWaiting } from './waiting-changes.ts';
import { keepReceipts, readReceipts, withReceipt } from './waiting-receipts.ts';
import { toWire } from './wire-form.ts';
import { createWorkbench } from './workbench.ts';
import { shown, textChanged } from './writing.ts';
import type { Change, Write, Writing } from './writing.ts';

export interface OwnChange extends Change {
  /** To be sent; null if it would change nothing. */
  readonly sent: WireChange | null;
  /** Earlier changes that need not be sent any more. */
  readonly overtaken: readonly string[];
}

interface Reader {
  readonly id: string;
  /** Everybody in the conversation but oneself. */
  readonly others: readonly string[];
}

export interface OwnLetters {
  /** One's own new messages, into history and outbox; a text also empties the draft that it was. */
  addOwn(conversationId: string, messages: readonly Message[], emptyDraft: boolean): Promise<Change>;
  /** One that a tab left when it died; nothing changes if it had been stored. */
  addLeft(conversationId: string, message: Message): Promise<Change>;
  /**
   * One's own change, into history and outbox. `make` is told the id that the change's own must follow. Null if the
   * message is not here, or not to be changed so.
   */
  changeOwn(
    conversationId: string,
    target: string,
    make: (after: string | null) => WireChange,
  ): Promise<OwnChange | null>;
  /**
   * A receipt from somebody else's device; `finished` letters leave the outbox. In a group it counts as read what all
   * the others have read, and how far each has is kept. What it says of messages that are not here yet is kept as well.
   */
  applyReceipt(
    conversationId: string,
    delivered: readonly string[],
    readUpTo: string | null,
    finished: readonly string[],
    reader?: Reader,
  ): Promise<Change>;
  /** The friend's mailbox has `sent`; `finished` letters leave the outbox. */
  markSent(conversationId: string, sent: readonly string[], finished: readonly string[]): Promise<Change>;
  /** Takes messages out of the outbox; they did not arrive and will not by themselves. */
  giveUp(conversationId: string, ids: readonly string[], failure: Failure): Promise<Change>;
  /** Puts a failed message back into the outbox; null if there is no such message. */
  requeue(conversationId: string, id: string): Promise<Change | null>;
  /**
   * Removes one's own message that has no receipt; null if there is none. `deletion` goes into the outbox if the message
   * was there, as it may have arrived all the same.
   */
  discard(conversationId: string, deletion: WireChange): Promise<OwnChange | null>;
  /** Oldest first. */
  outbox(conversationId: string, limit: number): Promise<readonly WireLetter[]>;
  outboxConversations(): Promise<readonly string[]>;
}

export function createOwnLetters(
  database: Database,
  KeyRange: DatabaseAccess['KeyRange'],
  write: Write,
): OwnLetters {
  const whole = (conversationId: string) =>
    KeyRange.bound([conversationId, LOWEST_ID], [conversationId, HIGHEST_ID]);

  /** Puts one's own change into the outbox in place of what it overtakes; returns the ids of that. */
  async function queueChange(
    transaction: Writing,
    conversationId: string,
    made: WireChange,
  ): Promise<string[]> {
    const outbox = transaction.objectStore('outbox');
    const overtaken = (await outbox.getAll(whole(conversationId))).filter(
      ({ id, change }) =>
        (change && overtakes(made, change)) || (made.type === 'delete' && id === made.target),
    );
    for (const { id } of overtaken) await outbox.delete([conversationId, id]);
    await outbox.put({ conversationId, id: made.id, change: made });
    return overtaken.map(({ id }) => id);
  }

  const addLeft: OwnLetters['addLeft'] = (conversationId, message) =>
    write(conversationId, async (transaction) => {
      const bench = createWorkbench(transaction, conversationId, KeyRange);
      const known = await withReceipt(transaction, message);
      if (!(await bench.add(known))) return { messages: [] };
      await transaction.objectStore('outbox').put({ conversationId, id: message.id });
      const waited = await takeWaiting(transaction, KeyRange, conversationId, new Set([message.id]));
      for (const { change, by } of waited) await bench.apply(change, by);
      return bench.finish();
    });

  return {
    async addOwn(conversationId, messages, emptyDraft) {
      const isNew = await putAtOnce(database, messages);
      // While this tab slept, the leading one took it for dead.
      if (!isNew) for (const message of messages) await addLeft(conversationId, message);
      return write(conversationId, async (transaction, line) => {
        const store = transaction.objectStore('messages');
        // A receipt may have come meanwhile, or the person may have taken it back.
        const found = await Promise.all(messages.map(({ id }) => store.get([conversationId, id])));
        const added = found.filter((message) => message !== undefined);
        return { messages: added, line: emptyDraft ? { ...line, draft: '' } : line };
      });
    },

    addLeft,

    async changeOwn(conversationId, target, make) {
      let sent: WireChange | null = null;
      let overtaken: readonly string[] = [];
      const done = await orNull(
        write(conversationId, async (transaction) => {
          const bench = createWorkbench(transaction, conversationId, KeyRange);
          const message = await bench.find(target);
          if (!message) throw new NoSuchMessage();
          const made = make(newestBy(message, 'me'));
          if (!mayChange(message, made, 'me')) throw new NoSuchMessage();
          if (!wouldShow(message, made)) return { messages: [] };
          sent = made;
          await bench.apply(made, 'me');
          overtaken = await queueChange(transaction, conversationId, made);
          return bench.finish();
        }),
      );
      return done && { ...done, sent, overtaken };
    },

    applyReceipt: (conversationId, delivered, readUpTo, finished, reader) =>
      write(conversationId, async (transaction, line) => {
        const outbox = transaction.objectStore('outbox');
        const store = transaction.objectStore('messages');
        /** As they are from now on. */
        const messages = new Map<string, StoredMessage>();
        const unknown: string[] = [];
        const found = await Promise.all(delivered.map((id) => store.get([conversationId, id])));
        for (const [at, id] of delivered.entries()) {
          const message = found[at];
          const arrived = message && asDelivered(message);
          if (arrived) messages.set(id, arrived);
          // Nor a change that this device sent, which is no message.
          else if (!message && !(await outbox.getKey([conversationId, id]))) unknown.push(id);
        }
        await keepReceipts(transaction, KeyRange, conversationId, unknown);
        await Promise.all(finished.map((id) => outbox.delete([conversationId, id])));
        const inGroup = reader !== undefined && reader.id !== conversationId;
        const marks = inGroup && readUpTo !== null ? withMark(line, reader.id, readUpTo) : null;
        const readByAll = marks && reader ? lowestOf(marks, reader.others) : inGroup ? null : readUpTo;
        if (readByAll !== null) {
          const range = KeyRange.bound([conversationId, 1, LOWEST_ID], [conversationId, 1, readByAll]);
          for (const unseen of await store.index('unseen').getAll(range)) {
            const { unseen: _, ...message } = messages.get(unseen.id) ?? unseen;
            // What is still in the outbox was not there to be read.
            if (message.state === 'delivered' || message.state === 'sent')
              messages.set(message.id, { ...message, state: 'read' });
          }
          await readReceipts(transaction, KeyRange, conversationId, readByAll);
        }
        await Promise.all([...messages.values()].map((message) => store.put(message)));
        const changed = { messages: [...messages.values()] };
        return marks ? { ...changed, line: { ...line, readMarks: marks } } : changed;
      }),

    markSent: (conversationId, sent, finished) =>
      write(conversationId, async (transaction) => {
        for (const id of finished) await transaction.objectStore('outbox').delete([conversationId, id]);
        const messages: StoredMessage[] = [];
        for (const id of sent) {
          const message = await transaction.objectStore('messages').get([conversationId, id]);
          // A change, or a message that has come further already.
          if (message?.state !== 'queued') continue;
          const kept: StoredMessage = { ...message, state: 'sent' };
          await transaction.objectStore('messages').put(kept);
          messages.push(kept);
        }
        return { messages };
      }),

    giveUp: (conversationId, ids, failure) =>
      write(conversationId, async (transaction) => {
        const messages: StoredMessage[] = [];
        for (const id of ids) {
          await transaction.objectStore('outbox').delete([conversationId, id]);
          const message = await transaction.objectStore('messages').get([conversationId, id]);
          if (!message) continue;
          const failed: StoredMessage = { ...message, state: 'failed', failure };
          await transaction.objectStore('messages').put(failed);
          messages.push(failed);
        }
        return { messages };
      }),

    requeue: (conversationId, id) =>
      orNull(
        write(conversationId, async (transaction) => {
          const message = await transaction.objectStore('messages').get([conversationId, id]);
          if (message?.state !== 'failed') throw new NoSuchMessage();
          const { failure: _, ...rest } = message;
          const queued: StoredMessage = { ...rest, state: 'queued' };
          await transaction.objectStore('messages').put(queued);
          await transaction.objectStore('outbox').put({ conversationId, id });
          return { messages: [queued] };
        }),
      ),

    async discard(conversationId, deletion) {
      const id = deletion.target;
      let sent: WireChange | null = null;
      let overtaken: readonly string[] = [];
      const done = await orNull(
        write(conversationId, async (transaction, line) => {
          const messages = transaction.objectStore('messages');
          const message = await messages.get([conversationId, id]);
          if (message?.state !== 'queued' && message?.state !== 'failed') throw new NoSuchMessage();
          await messages.delete([conversationId, id]);
          await textChanged(transaction, conversationId, [message.id]);
          // What failed is not in the outbox, and goes to nobody.
          if (message.state === 'queued') {
            sent = deletion;
            overtaken = await queueChange(transaction, conversationId, deletion);
          }
          const bench = createWorkbench(transaction, conversationId, KeyRange);
          await bench.forgetExcerpts(id);
          const { messages: changed } = await bench.finish();
          if (line.last?.id !== id) return { messages: changed };
          const newest = await messages.openCursor(whole(conversationId), 'prev');
          return { messages: changed, line: { ...line, last: newest ? shown(newest.value) : null } };
        }),
      );
      return done && { ...done, sent, overtaken };
    },

    async outbox(conversationId, limit) {
      const transaction = database.transaction(['outbox', 'messages']);
      const letters: WireLetter[] = [];
      let cursor = await transaction.objectStore('outbox').openCursor(whole(conversationId));
      while (cursor && letters.length < limit) {
        const { id, change } = cursor.value;
        const message = change ? null : await transaction.objectStore('messages').get([conversationId, id]);
        const kind = message?.body.kind;
        const letter = change ?? (message && (kind === 'text' || kind === 'file') ? toWire(message) : null);
        if (letter) letters.push(letter);
        cursor = await cursor.continue();
      }
      return letters;
    },
    async outboxConversations() {
      const conversations: string[] = [];
      // From one to the next, however many messages wait in each.
      let cursor = await database.transaction('outbox').store.openKeyCursor();
      while (cursor) {
        const conversationId = cursor.key[0];
        conversations.push(conversationId);
        cursor = await cursor.continue([conversationId, `${HIGHEST_ID}~`]);
      }
      return conversations;
    },
  };
}

/**
 * All of it is with the browser before this returns for the first time: the sooner, the less a tab can leave in hand.
 * False, and nothing is stored, if any of it is here already.
 */
async function putAtOnce(database: Database, messages: readonly Message[]): Promise<boolean> {
  const transaction = database.transaction(['messages', 'outbox', 'searchQueue'], 'readwrite');
  const requests = messages.flatMap((message) => {
    const { conversationId, id } = message;
    return [
      transaction.objectStore('messages').add({ ...message, unseen: 1 }),
      transaction.objectStore('outbox').put({ conversationId, id }),
      transaction.objectStore('searchQueue').put({ conversationId, id }),
    ];
  });
  transaction.commit();
  try {
    await Promise.all([...requests, transaction.done]);
    return true;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'ConstraintError') return false;
    throw error;
  }
}

function withMark({ readMarks }: StoredConversation, id: string, upTo: string): ReadonlyMap<string, string> {
  const before = readMarks?.get(id);
  return before !== undefined && before >= upTo ? (readMarks ?? new Map()) : new Map(readMarks).set(id, upTo);
}

/** Up to where all of these have read; null if somebody has read nothing. */
function lowestOf(marks: ReadonlyMap<string, string>, people: readonly string[]): string | null {
  const all = people.map((id) => marks.get(id) ?? LOWEST_ID).toSorted();
  return all[0] === undefined || all[0] === LOWEST_ID ? null : all[0];
}

class NoSuchMessage extends Error {}

function orNull(work: Promise<Change>): Promise<Change | null> {
  return work.catch((error: unknown) => {
    if (error instanceof NoSuchMessage) return null;
    throw error;
  });
}

function asDelivered(message: StoredMessage): StoredMessage | null {
  // A receipt for what is not ours, or a second one.
  if (message.author !== 'me' || message.state === 'delivered' || message.state === 'read') return null;
  const { failure: _, ...rest } = message;
  return { ...rest, state: 'delivered' };
}
