/** Reads and changes the stored conversations; every change is one transaction, so that counts never drift from messages. */
import type { IDBPTransaction } from 'idb';
import type { CallSummary, Failure, Message, PeopleState } from '../model.ts';
import type { DatabaseAccess } from '../platform.ts';
import { HIGHEST_ID, LOWEST_ID, timeOfId } from '../wire/message-id.ts';
import type { Database, Schema, StoredConversation, StoredMessage, StoredTransfer } from './database.ts';

/** What a change did: the messages as they are now, and the conversation's line in the list. */
export interface Change {
  readonly messages: readonly Message[];
  readonly conversation: StoredConversation;
}

/** A call that is over; `unread`: the person has not noticed it. */
export interface CallEntry {
  readonly friendId: string;
  readonly author: 'me' | 'friend';
  readonly unread: boolean;
  readonly call: CallSummary;
}

export interface Store {
  conversations(): Promise<readonly StoredConversation[]>;
  /** Newest first reversed: always in order of ids. `before`/`after` are exclusive; without either, the newest ones. */
  page(
    friendId: string,
    range: { before?: string; after?: string },
    limit: number,
  ): Promise<readonly Message[]>;
  message(friendId: string, id: string): Promise<Message | null>;
  firstUnread(friendId: string): Promise<string | null>;
  /** One's own new messages, into history and outbox; a text also empties the draft that it was. */
  addOwn(friendId: string, messages: readonly Message[], emptyDraft: boolean): Promise<Change>;
  /** A friend's messages; those already here are left out of the result. */
  addReceived(friendId: string, messages: readonly Message[]): Promise<Change>;
  /** Of this browser only: nothing is sent. */
  addCall(id: string, entry: CallEntry): Promise<Change>;
  markRead(friendId: string, upToId: string): Promise<Change>;
  markReadTold(friendId: string, upToId: string): Promise<Change>;
  /** A friend's receipt for one's own messages. */
  applyReceipt(friendId: string, delivered: readonly string[], readUpTo: string | null): Promise<Change>;
  /** Takes messages out of the outbox; they did not arrive and will not by themselves. */
  giveUp(friendId: string, ids: readonly string[], failure: Failure): Promise<Change>;
  /** Puts a failed message back into the outbox; null if there is no such message. */
  requeue(friendId: string, id: string): Promise<Change | null>;
  /** Removes one's own message that was not delivered; null if there is none. */
  discard(friendId: string, id: string): Promise<Change | null>;
  setDraft(friendId: string, draft: string): Promise<Change>;
  /** Oldest first. */
  outbox(friendId: string, limit: number): Promise<readonly Message[]>;
  outboxFriends(): Promise<readonly string[]>;
  people(): Promise<PeopleState | null>;
  setPeople(people: PeopleState): Promise<void>;
  transfers(): Promise<readonly StoredTransfer[]>;
  setTransfer(transfer: StoredTransfer): Promise<void>;
}

type Writing = IDBPTransaction<Schema, ('messages' | 'conversations' | 'outbox')[], 'readwrite'>;

export function createStore(database: Database, KeyRange: DatabaseAccess['KeyRange']): Store {
  const whole = (friendId: string) => KeyRange.bound([friendId, LOWEST_ID], [friendId, HIGHEST_ID]);

  /** `work` returns the messages that it changed and how the conversation's line changes with them. */
  async function change(
    friendId: string,
    work: (
      transaction: Writing,
      line: StoredConversation,
    ) => Promise<{ messages: readonly StoredMessage[]; line?: StoredConversation }>,
  ): Promise<Change> {
    const transaction = database.transaction(['messages', 'conversations', 'outbox'], 'readwrite');
    // Whatever aborts it also fails the request that is awaited below, and is handled there.
    transaction.done.catch(() => undefined);
    const conversations = transaction.objectStore('conversations');
    const line = (await conversations.get(friendId)) ?? emptyLine(friendId);
    const done = await work(transaction, line);
    const changed = withLast(done.line ?? line, done.messages);
    const next = changed === line ? line : { ...changed, revision: line.revision + 1 };
    if (next !== line) await conversations.put(next);
    await transaction.done;
    return { messages: done.messages.map(shown), conversation: next };
  }

  async function page(
    friendId: string,
    { before, after }: { before?: string; after?: string },
    limit: number,
  ) {
    if (after !== undefined) {
      const range = KeyRange.bound([friendId, after], [friendId, HIGHEST_ID], true);
      return (await database.getAll('messages', range, limit)).map(shown);
    }
    const upper = before ?? HIGHEST_ID;
    const range = KeyRange.bound([friendId, LOWEST_ID], [friendId, upper], false, before !== undefined);
    const found: Message[] = [];
    let cursor = await database.transaction('messages').store.openCursor(range, 'prev');
    while (cursor && found.length < limit) {
      found.push(shown(cursor.value));
      cursor = await cursor.continue();
    }
    return found.toReversed();
  }

  return {
    conversations: () => database.getAll('conversations'),
    page,
    async message(friendId, id) {
      const found = await database.get('messages', [friendId, id]);
      return found ? shown(found) : null;
    },
    async firstUnread(friendId) {
      const range = KeyRange.bound([friendId, 1, LOWEST_ID], [friendId, 1, HIGHEST_ID]);
      const key = await database.getKeyFromIndex('messages', 'unread', range);
      return key?.[1] ?? null;
    },

    addOwn: (friendId, messages, emptyDraft) =>
      change(friendId, async (transaction, line) => {
        const added = messages.map((message): StoredMessage => ({ ...message, unseen: 1 }));
        for (const message of added) {
          await transaction.objectStore('messages').add(message);
          await transaction.objectStore('outbox').put({ friendId, id: message.id });
        }
        return { messages: added, line: emptyDraft ? { ...line, draft: '' } : line };
      }),

    addReceived: (friendId, messages) =>
      change(friendId, async (transaction, line) => {
        const store = transaction.objectStore('messages');
        const added: StoredMessage[] = [];
        for (const message of messages) {
          if (await store.getKey([friendId, message.id])) continue;
          const stored: StoredMessage = { ...message, unread: 1 };
          await store.add(stored);
          added.push(stored);
        }
        if (added.length === 0) return { messages: [] };
        return { messages: added, line: { ...line, unread: line.unread + added.length } };
      }),

    addCall: (id, { friendId, author, unread, call }) =>
      change(friendId, async (transaction, line) => {
        const message: Message = {
          id,
          friendId,
          author,
          at: timeOfId(id),
          body: { kind: 'call', call },
          state: unread ? 'delivered' : 'read',
        };
        const stored: StoredMessage = unread ? { ...message, unread: 1 } : message;
        await transaction.objectStore('messages').add(stored);
        return { messages: [stored], line: unread ? { ...line, unread: line.unread + 1 } : line };
      }),

    markRead: (friendId, upToId) =>
      change(friendId, async (transaction, line) => {
        const messages: StoredMessage[] = [];
        const range = KeyRange.bound([friendId, 1, LOWEST_ID], [friendId, 1, upToId]);
        let cursor = await transaction.objectStore('messages').index('unread').openCursor(range);
        while (cursor) {
          const { unread: _, ...rest } = cursor.value;
          const read: StoredMessage = { ...rest, state: 'read' };
          await cursor.update(read);
          messages.push(read);
          cursor = await cursor.continue();
        }
        const newest = messages.at(-1)?.id;
        if (newest === undefined) return { messages };
        const readUpTo = line.readUpTo !== null && line.readUpTo > newest ? line.readUpTo : newest;
        return { messages, line: { ...line, readUpTo, unread: Math.max(0, line.unread - messages.length) } };
      }),

    markReadTold: (friendId, upToId) =>
      change(friendId, (_, line) => Promise.resolve({ messages: [], line: { ...line, readTold: upToId } })),

    applyReceipt: (friendId, delivered, readUpTo) =>
      change(friendId, async (transaction) => {
        const messages = new Map<string, StoredMessage>();
        for (const id of delivered) {
          const arrived = await markDelivered(transaction, friendId, id);
          if (arrived) messages.set(id, arrived);
        }
        if (readUpTo !== null) {
          const range = KeyRange.bound([friendId, 1, LOWEST_ID], [friendId, 1, readUpTo]);
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
        }
        return { messages: [...messages.values()] };
      }),

    giveUp: (friendId, ids, failure) =>
      change(friendId, async (transaction) => {
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
        change(friendId, async (transaction) => {
          const message = await transaction.objectStore('messages').get([friendId, id]);
          if (message?.state !== 'failed') throw new NoSuchMessage();
          const { failure: _, ...rest } = message;
          const queued: StoredMessage = { ...rest, state: 'queued' };
          await transaction.objectStore('messages').put(queued);
          await transaction.objectStore('outbox').put({ friendId, id });
          return { messages: [queued] };
        }),
      ),

    discard: (friendId, id) =>
      orNull(
        change(friendId, async (transaction, line) => {
          const messages = transaction.objectStore('messages');
          const message = await messages.get([friendId, id]);
          if (message?.state !== 'queued' && message?.state !== 'failed') throw new NoSuchMessage();
          await transaction.objectStore('outbox').delete([friendId, id]);
          await messages.delete([friendId, id]);
          if (line.last?.id !== id) return { messages: [] };
          const newest = await messages.openCursor(whole(friendId), 'prev');
          return { messages: [], line: { ...line, last: newest ? shown(newest.value) : null } };
        }),
      ),

    setDraft: (friendId, draft) =>
      change(friendId, (_, line) => Promise.resolve({ messages: [], line: { ...line, draft } })),

    async outbox(friendId, limit) {
      const transaction = database.transaction(['outbox', 'messages']);
      const keys = await transaction.objectStore('outbox').getAllKeys(whole(friendId), limit);
      const messages = await Promise.all(keys.map((key) => transaction.objectStore('messages').get(key)));
      return messages.filter((message) => message !== undefined).map(shown);
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

    people: async () => (await database.get('cache', 'people')) ?? null,
    async setPeople(people) {
      await database.put('cache', people, 'people');
    },
    transfers: () => database.getAll('transfers'),
    async setTransfer(transfer) {
      await database.put('transfers', transfer, transfer.view.id);
    },
  };
}

class NoSuchMessage extends Error {}

function orNull(work: Promise<Change>): Promise<Change | null> {
  return work.catch((error: unknown) => {
    if (error instanceof NoSuchMessage) return null;
    throw error;
  });
}

async function markDelivered(
  transaction: Writing,
  friendId: string,
  id: string,
): Promise<StoredMessage | null> {
  await transaction.objectStore('outbox').delete([friendId, id]);
  const store = transaction.objectStore('messages');
  const message = await store.get([friendId, id]);
  // A receipt for what is not ours, or a second one.
  if (message?.author !== 'me' || message.state === 'delivered' || message.state === 'read') return null;
  const { failure: _, ...rest } = message;
  const arrived: StoredMessage = { ...rest, state: 'delivered' };
  await store.put(arrived);
  return arrived;
}

function emptyLine(friendId: string): StoredConversation {
  return { friendId, last: null, unread: 0, draft: '', readUpTo: null, readTold: null, revision: 0 };
}

/** The line shows the message that sorts last, whether it is new or has changed. */
function withLast(line: StoredConversation, messages: readonly StoredMessage[]): StoredConversation {
  const newest = messages.reduce<StoredMessage | null>(
    (best, each) => (!best || each.id > best.id ? each : best),
    null,
  );
  const changed = messages.find(({ id }) => id === line.last?.id);
  if (newest && (line.last === null || newest.id > line.last.id)) return { ...line, last: shown(newest) };
  return changed ? { ...line, last: shown(changed) } : line;
}

/** Without the marks that only the indexes need. */
function shown({ unread: _unread, unseen: _unseen, ...message }: StoredMessage): Message {
  return message;
}
