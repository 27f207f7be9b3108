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
  addOwn(friendId: string, messages: readonly Message[], emptyDraft: boolean): Promise<Change>;
  /** One that a tab left when it died; nothing changes if it had been stored. */
  addLeft(friendId: string, message: Message): Promise<Change>;
  /**
   * One's own change, into history and outbox. `make` is told the id that the change's own must follow. Null if the
   * message is not here, or not to be changed so.
   */
  changeOwn(
    friendId: string,
    target: string,
    make: (after: string | null) => WireChange,
  ): Promise<OwnChange | null>;
  /**
   * A receipt from somebody else's device; `finished` letters leave the outbox. In a group it counts as read what all
   * the others have read, and how far each has is kept. What it says of messages that are not here yet is kept as well.
   */
  applyReceipt(
    friendId: string,
    delivered: readonly string[],
    readUpTo: string | null,
    finished: readonly string[],
    reader?: Reader,
  ): Promise<Change>;
  /** The friend's mailbox has `sent`; `finished` letters leave the outbox. */
  markSent(friendId: string, sent: readonly string[], finished: readonly string[]): Promise<Change>;
  /** Takes messages out of the outbox; they did not arrive and will not by themselves. */
  giveUp(friendId: string, ids: readonly string[], failure: Failure): Promise<Change>;
  /** Puts a failed message back into the outbox; null if there is no such message. */
  requeue(friendId: string, id: string): Promise<Change | null>;
  /**
   * Removes one's own message that has no receipt; null if there is none. `deletion` goes into the outbox if the message
   * was there, as it may have arrived all the same.
   */
  discard(friendId: string, deletion: WireChange): Promise<OwnChange | null>;
  /** Oldest first. */
  outbox(friendId: string, limit: number): Promise<readonly WireLetter[]>;
  outboxFriends(): Promise<readonly string[]>;
}

export function createOwnLetters(
  database: Database,
  KeyRange: DatabaseAccess['KeyRange'],
  write: Write,
): OwnLetters {
  const whole = (friendId: string) => KeyRange.bound([friendId, LOWEST_ID], [friendId, HIGHEST_ID]);

  /** Puts one's own change into the outbox in place of what it overtakes; returns the ids of that. */
  async function queueChange(transaction: Writing, friendId: string, made: WireChange): Promise<string[]> {
    const outbox = transaction.objectStore('outbox');
    const overtaken = (await outbox.getAll(whole(friendId))).filter(
      ({ id, change }) =>
        (change && overtakes(made, change)) || (made.type === 'delete' && id === made.target),
    );
    for (const { id } of overtaken) await outbox.delete([friendId, id]);
    await outbox.put({ friendId, id: made.id, change: made });
    return overtaken.map(({ id }) => id);
  }

  return {
    async addOwn(friendId, messages, emptyDraft) {
      await putAtOnce(database, messages);
      return write(friendId, async (transaction, line) => {
        const store = transaction.objectStore('messages');
        // A receipt may have come meanwhile, or the person may have taken it back.
        const found = await Promise.all(messages.map(({ id }) => store.get([friendId, id])));
        const added = found.filter((message) => message !== undefined);
        return { messages: added, line: emptyDraft ? { ...line, draft: '' } : line };
      });
    },

    addLeft: (friendId, message) =>
      write(friendId, async (transaction) => {
        const bench = createWorkbench(transaction, friendId, KeyRange);
        const known = await withReceipt(transaction, message);
        if (!(await bench.add(known))) return { messages: [] };
        await transaction.objectStore('outbox').put({ friendId, id: message.id });
        const waited = await takeWaiting(transaction, KeyRange, friendId, new Set([message.id]));
        for (const { change, by } of waited) await bench.apply(change, by);
        return bench.finish();
      }),

    async changeOwn(friendId, target, make) {
      let sent: WireChange | null = null;
      let overtaken: readonly string[] = [];
      const done = await orNull(
        write(friendId, async (transaction) => {
          const bench = createWorkbench(transaction, friendId, KeyRange);
          const message = await bench.find(target);
          if (!message) throw new NoSuchMessage();
          const made = make(newestBy(message, 'me'));
          if (!mayChange(message, made, 'me')) throw new NoSuchMessage();
          if (!wouldShow(message, made)) return { messages: [] };
          sent = made;
          await bench.apply(made, 'me');
          overtaken = await queueChange(transaction, friendId, made);
          return bench.finish();
        }),
      );
      return done && { ...done, sent, overtaken };
    },

    applyReceipt: (friendId, delivered, readUpTo, finished, reader) =>
      write(friendId, async (transaction, line) => {
        const outbox = transaction.objectStore('outbox');
        const messages = new Map<string, StoredMessage>();
        const unknown: string[] = [];
        for (const id of delivered) {
          const message = await transaction.objectStore('messages').get([friendId, id]);
          const arrived = message && (await markDelivered(transaction, message));
          if (arrived) messages.set(id, arrived);
          // Nor a change that this device sent, which is no message.
          else if (!message && !(await outbox.getKey([friendId, id]))) unknown.push(id);
        }
        await keepReceipts(transaction, KeyRange, friendId, unknown);
        for (const id of finished) await outbox.delete([friendId, id]);
        const inGroup = reader !== undefined && reader.id !== friendId;
        const marks = inGroup && readUpTo !== null ? withMark(line, reader.id, readUpTo) : null;
        const readByAll = marks && reader ? lowestOf(marks, reader.others) : inGroup ? null : readUpTo;
        if (readByAll !== null) {
          const range = KeyRange.bound([friendId, 1, LOWEST_ID], [friendId, 1, readByAll]);
          let cursor = await transaction.objectStore('messages').index('unseen').openCursor(range);
          while (cursor) {
            // What is still in the outbox was not there to be read.
            if (cursor.value.state === 'delivered' || cursor.value.state === 'sent') {
              const { unseen: _, ...rest } = cursor.value;
              const read: StoredMessage = { ...rest, state: 'read' };
              await cursor.update(read);
              messages.set(read.id, read);
            }
            cursor = await cursor.continue();
          }
          await readReceipts(transaction, KeyRange, friendId, readByAll);
        }
        const changed = { messages: [...messages.values()] };
        return marks ? { ...changed, line: { ...line, readMarks: marks } } : changed;
      }),

    markSent: (friendId, sent, finished) =>
      write(friendId, async (transaction) => {
        for (const id of finished) await transaction.objectStore('outbox').delete([friendId, id]);
        const messages: StoredMessage[] = [];
        for (const id of sent) {
          const message = await transaction.objectStore('messages').get([friendId, id]);
          // A change, or a message that has come further already.
          if (message?.state !== 'queued') continue;
          const kept: StoredMessage = { ...message, state: 'sent' };
          await transaction.objectStore('messages').put(kept);
          messages.push(kept);
        }
        return { messages };
      }),

    giveUp: (friendId, ids, failure) =>
      write(friendId, async (transaction) => {
        const messages: StoredMessage[] = [];
        for (const id of ids) {
          await transaction.objectStore('outbox').delete([friendId, id]);
          const message = await transaction.objectStore('messages').get([friendId, id]);
          if (!message) continue;
          const failed: StoredMessage = { ...message, state: 'failed', failure };
          await transaction.objectStore('messages').put(failed);
          messages.push(failed);
        }
        return { messages };
      }),

    requeue: (friendId, id) =>
      orNull(
        write(friendId, async (transaction) => {
          const message = await transaction.objectStore('messages').get([friendId, id]);
          if (message?.state !== 'failed') throw new NoSuchMessage();
          const { failure: _, ...rest } = message;
          const queued: StoredMessage = { ...rest, state: 'queued' };
          await transaction.objectStore('messages').put(queued);
          await transaction.objectStore('outbox').put({ friendId, id });
          return { messages: [queued] };
        }),
      ),

    async discard(friendId, deletion) {
      const id = deletion.target;
      let sent: WireChange | null = null;
      let overtaken: readonly string[] = [];
      const done = await orNull(
        write(friendId, async (transaction, line) => {
          const messages = transaction.objectStore('messages');
          const message = await messages.get([friendId, id]);
          if (message?.state !== 'queued' && message?.state !== 'failed') throw new NoSuchMessage();
          await messages.delete([friendId, id]);
          await textChanged(transaction, message);
          // What failed is not in the outbox, and goes to nobody.
          if (message.state === 'queued') {
            sent = deletion;
            overtaken = await queueChange(transaction, friendId, deletion);
          }
          const bench = createWorkbench(transaction, friendId, KeyRange);
          await bench.forgetExcerpts(id);
          const { messages: changed } = await bench.finish();
          if (line.last?.id !== id) return { messages: changed };
          const newest = await messages.openCursor(whole(friendId), 'prev');
          return { messages: changed, line: { ...line, last: newest ? shown(newest.value) : null } };
        }),
      );
      return done && { ...done, sent, overtaken };
    },

    async outbox(friendId, limit) {
      const transaction = database.transaction(['outbox', 'messages']);
      const letters: WireLetter[] = [];
      let cursor = await transaction.objectStore('outbox').openCursor(whole(friendId));
      while (cursor && letters.length < limit) {
        const { id, change } = cursor.value;
        const message = change ? null : await transaction.objectStore('messages').get([friendId, id]);
        const kind = message?.body.kind;
        const letter = change ?? (message && (kind === 'text' || kind === 'file') ? toWire(message) : null);
        if (letter) letters.push(letter);
        cursor = await cursor.continue();
      }
      return letters;
    },
    async outboxFriends() {
      const friends: string[] = [];
      // From one friend to the next, however many messages wait for each.
      let cursor = await database.transaction('outbox').store.openKeyCursor();
      while (cursor) {
        const friendId = cursor.key[0];
        friends.push(friendId);
        cursor = await cursor.continue([friendId, `${HIGHEST_ID}~`]);
      }
      return friends;
    },
  };
}

/** All of it is with the browser before this returns for the first time: the sooner, the less a tab can leave in hand. */
async function putAtOnce(database: Database, messages: readonly Message[]): Promise<void> {
  const transaction = database.transaction(['messages', 'outbox', 'searchQueue'], 'readwrite');
  const requests = messages.flatMap((message) => {
    const { friendId, id } = message;
    return [
      transaction.objectStore('messages').add({ ...message, unseen: 1 }),
      transaction.objectStore('outbox').put({ friendId, id }),
      transaction.objectStore('searchQueue').put({ friendId, id }),
    ];
  });
  transaction.commit();
  await Promise.all([...requests, transaction.done]);
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

async function markDelivered(transaction: Writing, message: StoredMessage): Promise<StoredMessage | null> {
  // A receipt for what is not ours, or a second one.
  if (message.author !== 'me' || message.state === 'delivered' || message.state === 'read') return null;
  const { failure: _, ...rest } = message;
  const arrived: StoredMessage = { ...rest, state: 'delivered' };
  await transaction.objectStore('messages').put(arrived);
  return arrived;
}
