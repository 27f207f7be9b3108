/** One account's stored conversations: history, what friends send, and what the page remembers beside it. */
import type { GroupEvent } from '../group-model.ts';
import type { Author, CallSummary, Message, PeopleState } from '../model.ts';
import type { DatabaseAccess } from '../platform.ts';
import { HIGHEST_ID, LOWEST_ID, timeOfId } from '../wire/message-id.ts';
import type { WireChange } from '../wire/message.ts';
import type {
  Database,
  GroupRecord,
  StoredConversation,
  StoredMessage,
  StoredTransfer,
} from '../database.ts';
import { mentions } from './changes.ts';
import { createOwnLetters } from './own-letters.ts';
import type { OwnLetters } from './own-letters.ts';
import { keepWaiting, takeWaiting } from './waiting-changes.ts';
import { withReceipt } from './waiting-receipts.ts';
import { createWorkbench } from './workbench.ts';
import { shown, writeTo } from './writing.ts';
import type { Change } from './writing.ts';

interface Received extends Change {
  /** Those that were not here before. */
  readonly added: readonly Message[];
}

/** A call that is over; `unread`: the person has not noticed it. */
export interface CallEntry {
  readonly conversationId: string;
  readonly author: Author;
  readonly unread: boolean;
  readonly call: CallSummary;
}

interface GroupRecords {
  all(): Promise<readonly GroupRecord[]>;
  put(record: GroupRecord): Promise<void>;
  remove(id: string): Promise<void>;
}

interface EventEntry {
  readonly conversationId: string;
  readonly author: Author;
  readonly event: GroupEvent;
}

export interface Store extends OwnLetters {
  conversations(): Promise<readonly StoredConversation[]>;
  /** Newest first reversed: always in order of ids. `before`/`after` are exclusive; without either, the newest ones. */
  page(
    conversationId: string,
    range: { before?: string; after?: string },
    limit: number,
  ): Promise<readonly Message[]>;
  message(conversationId: string, id: string): Promise<Message | null>;
  firstUnread(conversationId: string): Promise<string | null>;
  /**
   * Messages and changes by somebody else, or by oneself on another device; what was here already is left out of the
   * result. `watched`: the person looks at the end of the conversation, so what comes is read, unless older ones are not.
   */
  addReceived(
    conversationId: string,
    by: Author,
    messages: readonly Message[],
    changes?: readonly WireChange[],
    watched?: boolean,
  ): Promise<Received>;
  /** Of this browser only: nothing is sent. */
  addCall(id: string, entry: CallEntry): Promise<Change>;
  /** What became of a group; one that is here already is passed over. */
  addEntry(id: string, entry: EventEntry): Promise<Change>;
  markRead(conversationId: string, upToId: string): Promise<Change>;
  markReadTold(conversationId: string, upToId: string): Promise<Change>;
  setDraft(conversationId: string, draft: string): Promise<Change>;
  people(): Promise<PeopleState | null>;
  setPeople(people: PeopleState): Promise<void>;
  transfers(): Promise<readonly StoredTransfer[]>;
  setTransfer(transfer: StoredTransfer): Promise<void>;
  removeTransfer(id: string): Promise<void>;
  readonly groups: GroupRecords;
}

export function createStore(database: Database, KeyRange: DatabaseAccess['KeyRange'], ownId = ''): Store {
  const write = writeTo(database);

  async function page(
    conversationId: string,
    { before, after }: { before?: string; after?: string },
    limit: number,
  ) {
    if (after !== undefined) {
      const range = KeyRange.bound([conversationId, after], [conversationId, HIGHEST_ID], true);
      return (await database.getAll('messages', range, limit)).map(shown);
    }
    const upper = before ?? HIGHEST_ID;
    const range = KeyRange.bound(
      [conversationId, LOWEST_ID],
      [conversationId, upper],
      false,
      before !== undefined,
    );
    const found: Message[] = [];
    let cursor = await database.transaction('messages').store.openCursor(range, 'prev');
    while (cursor && found.length < limit) {
      found.push(shown(cursor.value));
      cursor = await cursor.continue();
    }
    return found.toReversed();
  }

  return {
    ...createOwnLetters(database, KeyRange, write),
    conversations: () => database.getAll('conversations'),
    page,
    async message(conversationId, id) {
      const found = await database.get('messages', [conversationId, id]);
      return found ? shown(found) : null;
    },
    async firstUnread(conversationId) {
      const range = KeyRange.bound([conversationId, 1, LOWEST_ID], [conversationId, 1, HIGHEST_ID]);
      const key = await database.getKeyFromIndex('messages', 'unread', range);
      return key?.[1] ?? null;
    },

    async addReceived(conversationId, by, messages, changes = [], watched = false) {
      const added = new Set<string>();
      const done = await write(conversationId, async (transaction, line) => {
        const bench = createWorkbench(transaction, conversationId, KeyRange);
        const seen = watched && line.unread === 0;
        await bench.gather([...messages.map(({ id }) => id), ...changes.map(({ target }) => target)]);
        for (const message of messages) {
          const marked = by === 'me' ? await withReceipt(transaction, message) : asReceived(message, seen);
          if (await bench.add(marked)) added.add(message.id);
        }
        if (added.size > 0) {
          const waited = await takeWaiting(transaction, KeyRange, conversationId, added);
          for (const each of waited) await bench.apply(each.change, each.by);
        }
        for (const change of changes) {
          if (await bench.apply(change, by)) continue;
          const { id, target } = change;
          await keepWaiting(transaction, KeyRange, { conversationId, target, id, by, change });
        }
        const { messages: changed, unread } = await bench.finish();
        const named = changed.some((each) => each.unread === 1 && mentions(each, ownId));
        const readUpTo = seen ? highest([line.readUpTo, ...added]) : line.readUpTo;
        if (unread === 0 && !named && readUpTo === line.readUpTo) return { messages: changed };
        const mentioned = line.mentioned || named;
        return {
          messages: changed,
          line: { ...line, readUpTo, unread: line.unread + unread, ...(mentioned && { mentioned }) },
        };
      });
      return { ...done, added: done.messages.filter(({ id }) => added.has(id)) };
    },

    addCall: (id, { conversationId, author, unread, call }) =>
      write(conversationId, async (transaction, line) => {
        const message: Message = {
          id,
          conversationId,
          author,
          at: timeOfId(id),
          body: { kind: 'call', call },
          state: unread ? 'delivered' : 'read',
        };
        const stored: StoredMessage = unread ? { ...message, unread: 1 } : message;
        await transaction.objectStore('messages').add(stored);
        return { messages: [stored], line: unread ? { ...line, unread: line.unread + 1 } : line };
      }),

    addEntry: (id, { conversationId, author, event }) =>
      write(conversationId, async (transaction) => {
        const store = transaction.objectStore('messages');
        if (await store.get([conversationId, id])) return { messages: [] };
        const body = { kind: 'group', event } as const;
        const entry: Message = { id, conversationId, author, at: timeOfId(id), body, state: 'read' };
        await store.add(entry);
        return { messages: [entry] };
      }),

    markRead: (conversationId, upToId) =>
      write(conversationId, async (transaction, line) => {
        const range = KeyRange.bound([conversationId, 1, LOWEST_ID], [conversationId, 1, upToId]);
        const store = transaction.objectStore('messages');
        const messages = (await store.index('unread').getAll(range)).map((each): StoredMessage => {
          const { unread: _, ...rest } = each;
          return { ...rest, state: 'read' };
        });
        await Promise.all(messages.map((message) => store.put(message)));
        const newest = messages.at(-1)?.id;
        if (newest === undefined) return { messages };
        const readUpTo = highest([line.readUpTo, newest]);
        const unread = Math.max(0, line.unread - messages.length);
        const mentioned = unread > 0 && (line.mentioned ?? false);
        return { messages, line: { ...line, readUpTo, unread, mentioned } };
      }),

    markReadTold: (conversationId, upToId) =>
      write(conversationId, (_, line) =>
        Promise.resolve({ messages: [], line: { ...line, readTold: upToId } }),
      ),

    setDraft: (conversationId, draft) =>
      write(conversationId, (_, line) => Promise.resolve({ messages: [], line: { ...line, draft } })),

    people: async () => (await database.get('cache', 'people')) ?? null,
    async setPeople(people) {
      await database.put('cache', people, 'people');
    },
    transfers: () => database.getAll('transfers'),
    async setTransfer(transfer) {
      await database.put('transfers', transfer, transfer.view.id);
    },
    removeTransfer: (id) => database.delete('transfers', id),
    groups: {
      all: () => database.getAll('groups'),
      put: async (record) => void (await database.put('groups', record)),
      remove: (id) => database.delete('groups', id),
    },
  };
}

/** By somebody else. */
function asReceived(message: Message, seen: boolean): StoredMessage {
  return seen ? { ...message, state: 'read' } : { ...message, unread: 1 };
}

function highest(ids: readonly (string | null)[]): string | null {
  return ids.reduce((best, id) => (id !== null && (best === null || id > best) ? id : best), null);
}
