/** Changes to one stored conversation: each is one transaction, so that its line in the list never drifts from its messages. */
import type { IDBPTransaction } from 'idb';
import type { Message } from '../model.ts';
import { enqueue } from '../search-queue.ts';
import type { Database, Schema, StoredConversation, StoredMessage } from '../database.ts';

const WRITTEN = ['messages', 'conversations', 'outbox', 'changes', 'receipts', 'searchQueue'] as const;
export type Writing = IDBPTransaction<Schema, typeof WRITTEN, 'readwrite'>;

/** What a change did: the messages as they are now, and the conversation's line in the list. */
export interface Change {
  readonly messages: readonly Message[];
  readonly conversation: StoredConversation;
}

/** `work` returns the messages that it changed and how the conversation's line changes with them. */
export type Write = (
  conversationId: string,
  work: (
    transaction: Writing,
    line: StoredConversation,
  ) => Promise<{ messages: readonly StoredMessage[]; line?: StoredConversation }>,
) => Promise<Change>;

export function writeTo(database: Database): Write {
  return async (conversationId, work) => {
    const transaction = database.transaction(WRITTEN, 'readwrite');
    // Whatever aborts it also fails the request that is awaited below, and is handled there.
    transaction.done.catch(() => undefined);
    const conversations = transaction.objectStore('conversations');
    const line = (await conversations.get(conversationId)) ?? emptyLine(conversationId);
    const done = await work(transaction, line);
    const changed = withLast(done.line ?? line, done.messages);
    const next = changed === line ? line : { ...changed, revision: line.revision + 1 };
    if (next !== line) await conversations.put(next);
    await transaction.done;
    return { messages: done.messages.map(shown), conversation: next };
  };
}

/**
 * Whoever adds, edits or removes messages' texts says so here, in the same transaction: whatever happens after it, the
 * search knows what its index lacks. The index itself is brought up to date later (search/indexer.ts), since writing a
 * block takes longer than all the rest; until then the search reads the message itself.
 */
export async function textChanged(
  transaction: Writing,
  conversationId: string,
  ids: readonly string[],
): Promise<void> {
  await enqueue(transaction.objectStore('searchQueue'), conversationId, ids);
}

function emptyLine(conversationId: string): StoredConversation {
  return { conversationId, last: null, unread: 0, draft: '', readUpTo: null, readTold: null, revision: 0 };
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
export function shown({ unread: _unread, unseen: _unseen, log: _log, ...message }: StoredMessage): Message {
  return message;
}
