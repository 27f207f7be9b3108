/** Reads what is stored of conversations in pages that another device of the same person can take in (merging.ts). */
import type { Database, StoredMessage } from '../database.ts';
import type { DatabaseAccess } from '../platform.ts';
import { HIGHEST_ID, LOWEST_ID } from '../wire/message-id.ts';
import { HISTORY_LIMITS } from '../wire/history.ts';
import type { HistoryMessage, HistoryPage } from '../wire/history.ts';

type Range = DatabaseAccess['KeyRange'];

export interface HistoryPart {
  readonly conversation: string;
  /** Messages that are stored of it. */
  readonly count: number;
}

/** All conversations with anything in them, the latest first. */
export async function listHistory(database: Database, KeyRange: Range): Promise<readonly HistoryPart[]> {
  const lines = (await database.getAll('conversations')).filter(({ last }) => last !== null);
  const sorted = lines.toSorted((a, b) => (a.last!.id < b.last!.id ? 1 : -1));
  return Promise.all(
    sorted.map(async ({ conversationId }) => ({
      conversation: conversationId,
      count: await database.count('messages', whole(KeyRange, conversationId)),
    })),
  );
}

/** Its messages before this one (null: all), newest first, as many as a page takes. */
export async function readHistory(
  database: Database,
  KeyRange: Range,
  conversation: string,
  before: string | null,
): Promise<HistoryPage> {
  const transaction = database.transaction(['messages', 'conversations', 'changes']);
  const line = await transaction.objectStore('conversations').get(conversation);
  const waiting =
    before === null ? await transaction.objectStore('changes').getAll(all(KeyRange, conversation)) : [];
  const deletions = waiting
    .filter(({ change }) => change.type === 'delete')
    .map(({ by, id, target }) => ({ by, id, target }));
  const messages: HistoryMessage[] = [];
  let last: string | null = null;
  let chars = 0;
  let cursor = await transaction
    .objectStore('messages')
    .openCursor(whole(KeyRange, conversation, before), 'prev');
  while (cursor && messages.length < HISTORY_LIMITS.pageMessages && chars < HISTORY_LIMITS.pageChars) {
    const message = portable(cursor.value);
    if (message) {
      messages.push(message);
      chars += JSON.stringify(message).length;
    }
    last = cursor.value.id;
    cursor = await cursor.continue();
  }
  const readUpTo = line?.readUpTo ?? null;
  return { conversation, readUpTo, messages, deletions, before: cursor ? last : null };
}

/** All pages of these conversations, the newest ones first, so that what breaks off holds what matters most. */
export async function* readAllHistory(
  database: Database,
  KeyRange: Range,
  parts: readonly HistoryPart[],
): AsyncGenerator<HistoryPage, void> {
  const left = parts.map(({ conversation }) => ({ conversation, before: null as string | null }));
  for (let next = left.shift(); next; next = left.shift()) {
    const page = await readHistory(database, KeyRange, next.conversation, next.before);
    yield page;
    if (page.before !== null) left.push({ conversation: next.conversation, before: page.before });
  }
}

const whole = (KeyRange: Range, conversation: string, before: string | null = null) =>
  KeyRange.bound([conversation, LOWEST_ID], [conversation, before ?? HIGHEST_ID], false, before !== null);

const all = (KeyRange: Range, conversation: string) =>
  KeyRange.bound([conversation, LOWEST_ID, LOWEST_ID], [conversation, HIGHEST_ID, HIGHEST_ID]);

/** Null for what is not sent (yet): that is this device's own business. */
function portable({ id, author, body, replyTo, log, state }: StoredMessage): HistoryMessage | null {
  if (state === 'queued' || state === 'failed') return null;
  return {
    id,
    author,
    body,
    ...(replyTo && { replyTo }),
    ...(log?.edit && { edit: log.edit }),
    ...(log && log.marks.length > 0 && { marks: log.marks }),
    state,
  };
}
