/** The browser's database of one account: messages, what the list of conversations shows, the outbox, a cache, and what is searched. */
import type { DBSchema, IDBPDatabase } from 'idb';
import type { Author, Message, PeopleState, TransferView } from './model.ts';
import type { DatabaseAccess } from './platform.ts';
import type { WireChange } from './wire/message.ts';
import type { ChangeableMessage } from './conversation/changes.ts';
import type { GroupRecord } from './groups/record.ts';
import { nameConversations } from './database-names.ts';
import type { HistoryUpgrade } from './history-model.ts';
import { bindUnsent } from './conversation/binding.ts';
import { newSnapshotRecord } from './history/snapshot-plan.ts';
import type { SnapshotRecord } from './history/snapshot-plan.ts';

export type { GroupRecord };

export interface StoredMessage extends ChangeableMessage {
  /** Present on a friend's message that was not seen here: an index over it makes unread ones cheap to find. */
  readonly unread?: 1;
  /** Present on one's own message that is not known to be read, for the same reason. */
  readonly unseen?: 1;
}

/** All that the list of conversations shows, kept up with every change so that no list page ever counts messages. */
export interface StoredConversation {
  readonly conversationId: string;
  readonly last: Message | null;
  readonly unread: number;
  readonly draft: string;
  /** The newest friend's message that was seen here, and the one that the friend was told of. */
  readonly readUpTo: string | null;
  readonly readTold: string | null;
  /** Up to which message each member of a group has read, by their id. */
  readonly readMarks?: ReadonlyMap<string, string>;
  /** One of the unread messages mentions this person. */
  readonly mentioned?: boolean;
  /** Counts the changes: of two tabs' words about one conversation, the later one holds. */
  readonly revision: number;
}

export interface Schema extends DBSchema {
  messages: {
    key: [string, string];
    value: StoredMessage;
    indexes: {
      unread: [string, number, string];
      unseen: [string, number, string];
      /** By the message that is answered. */
      replies: [string, string];
    };
  };
  conversations: { key: string; value: StoredConversation };
  /** Ids of one's own messages and changes that no receipt came for. */
  outbox: { key: [string, string]; value: StoredLetter };
  /** Changes that came before their message did. */
  changes: { key: [string, string, string]; value: WaitingChange };
  /** Receipts that came before their message did. */
  receipts: { key: [string, string]; value: WaitingReceipt };
  cache: { key: 'people'; value: PeopleState };
  /** Groups as far as their logs were read. */
  groups: { key: string; value: GroupRecord };
  /** How the transfers of files stand, by the id of their message. */
  transfers: { key: string; value: StoredTransfer };
  /** Messages whose text has come, changed or gone since they were brought into the blocks below. */
  searchQueue: { key: [string, string]; value: QueuedTexts };
  searchBlocks: { key: [string, string]; value: SearchBlock };
  searchSigns: { key: [string, string]; value: SearchSign };
  /** There is one as long as a history from before the search is being brought in. */
  searchBuild: { key: 'build'; value: SearchBuild };
  /** There is an entry as long as the history of one's other devices is wanted here. */
  fetchWanted: { key: 'all'; value: FetchWanted };
  /** How far that has come. */
  fetched: { key: string; value: StoredFetch };
  /** The sealed history on the server, as far as this browser has to do with it. */
  snapshot: { key: 'own'; value: SnapshotRecord };
}

/** A message, or many that came together: see search-queue.ts. */
export interface QueuedTexts {
  readonly conversationId: string;
  /** Of the message; with `ids` no message's. */
  readonly id: string;
  readonly ids?: readonly string[];
}

/** The folded texts of some hundred neighbours in one conversation's history: those from `start` up to the next block's. */
export interface SearchBlock {
  readonly conversationId: string;
  /** An id, or LOWEST_ID. Blocks are divided, never joined or moved, so this stays. */
  readonly start: string;
  /** A line for each message, in order of ids, and the same lines of their texts. */
  readonly ids: string;
  readonly texts: string;
}

/** What is read of all blocks to know which ones to read. */
export interface SearchSign {
  readonly conversationId: string;
  readonly start: string;
  /** No id in the block is higher. */
  readonly last: string;
  /** See search/signature.ts. */
  readonly signature: Uint8Array<ArrayBuffer>;
}

/** By a device that was new, or because the person asked. */
type FetchWanted = 'new' | 'asked';

/** Of a conversation, what came from another device: all from its newest message down to this one. */
interface StoredFetch {
  readonly conversation: string;
  /** Null: all of it. */
  readonly before: string | null;
  /** Messages. */
  readonly count: number;
}

interface SearchBuild {
  /** The key of the last message that was brought in, by the order of keys; null before the first. */
  readonly upTo: readonly [string, string] | null;
  readonly done: number;
}

interface StoredLetter {
  readonly conversationId: string;
  readonly id: string;
  /** Absent for a message, which is looked up by its id. */
  readonly change?: WireChange;
}

export interface WaitingChange {
  readonly conversationId: string;
  readonly target: string;
  readonly id: string;
  readonly by: Author;
  readonly change: WireChange;
}

export interface WaitingReceipt {
  readonly conversationId: string;
  readonly id: string;
  /** By all who are to read it; else it has arrived. */
  readonly read: boolean;
}

export interface StoredTransfer {
  readonly view: TransferView;
  /** Of the friend: the one that sends or receives; empty until one does. */
  readonly device: string;
}

export type Database = IDBPDatabase<Schema>;

const SCHEMA_VERSION = 10;

const nameOf = (accountId: string): string => `holler-${accountId}`;

export interface OpeningEvents {
  /** Told as it goes on; never of a database that is new or of this version. */
  readonly onUpgrade: (upgrade: HistoryUpgrade) => void;
  /** A tab of a newer version wants it, so it was closed here. */
  readonly onOutdated: () => void;
}

const UNHEARD: OpeningEvents = { onUpgrade: () => undefined, onOutdated: () => undefined };

export function openDatabase(
  access: DatabaseAccess,
  accountId: string,
  { onUpgrade, onOutdated }: OpeningEvents = UNHEARD,
): Promise<Database> {
  return access.open<Schema>(nameOf(accountId), SCHEMA_VERSION, {
    // Step by step from whatever version is there. Version 10 changed no store: entries of `searchQueue` may name many
    // messages since then, which a page of an earlier version would not understand.
    upgrade(database, from, _to, transaction, event) {
      const onProgress = (done: number, total: number): void => {
        if (from > 0) onUpgrade({ state: 'running', done, total });
      };
      onProgress(0, 0);
      if (from < 1) {
        const messages = database.createObjectStore('messages', { keyPath: ['friendId', 'id'] });
        messages.createIndex('unread', ['friendId', 'unread', 'id']);
        messages.createIndex('unseen', ['friendId', 'unseen', 'id']);
        database.createObjectStore('conversations', { keyPath: 'friendId' });
        database.createObjectStore('outbox', { keyPath: ['friendId', 'id'] });
        database.createObjectStore('cache');
        database.createObjectStore('transfers');
      }
      if (from < 2) {
        transaction.objectStore('messages').createIndex('replies', ['friendId', 'replyTo.id']);
        database.createObjectStore('changes', { keyPath: ['friendId', 'target', 'id'] });
      }
      if (from < 3) {
        database.createObjectStore('searchQueue', { keyPath: ['friendId', 'id'] });
        database.createObjectStore('searchBlocks', { keyPath: ['friendId', 'start'] });
        database.createObjectStore('searchSigns', { keyPath: ['friendId', 'start'] });
        const build = database.createObjectStore('searchBuild');
        // Of a history that is there already, the search's own work brings everything in.
        if (from > 0) void build.put({ upTo: null, done: 0 }, 'build');
      }
      if (from < 4) {
        database.createObjectStore('fetched', { keyPath: 'conversation' });
        const wanted = database.createObjectStore('fetchWanted');
        // Whoever has a history already was there before; asking for more is up to the person.
        if (from === 0) void wanted.put('new', 'all');
      }
      if (from < 5) database.createObjectStore('groups', { keyPath: 'id' });
      if (from < 6) database.createObjectStore('receipts', { keyPath: ['friendId', 'id'] });
      if (from < 7) {
        const snapshot = database.createObjectStore('snapshot');
        void snapshot.put(newSnapshotRecord(from === 0), 'own');
      }
      const bind = (): void => {
        // Should it fail, opening fails, and the next start tries again.
        if (from > 0 && from < 9) void bindUnsent(transaction, accountId);
      };
      const { result, transaction: upgrade } = event.target as IDBOpenDBRequest;
      if (from < 8 && upgrade) nameConversations(access.KeyRange, result, upgrade, onProgress, bind);
      else bind();
    },
    // Another tab deletes the account, or is of a newer version: let it.
    blocking: (_current, wanted, event) => {
      (event.target as IDBDatabase).close();
      if (wanted !== null) onOutdated();
    },
    blocked: () => onUpgrade({ state: 'blocked' }),
  });
}

export function removeDatabase(access: DatabaseAccess, accountId: string): Promise<void> {
  return access.remove(nameOf(accountId));
}
