/**
 * Brings messages into the blocks that are searched, in small pieces, each one transaction.
 *
 * What is to be done stands in the database: `searchQueue` names messages whose text came, changed or went, written in
 * the transaction that did it, and `searchBuild` says how far a history from before the search has been brought in. So a
 * tab may be killed at any moment and nothing is missing: what is in the queue is searched by reading the message
 * itself. Writing the block with each message instead would take three times as long as storing the message does
 * (`npm run bench:search`: 2.7 ms with its place in the queue, 2.4 ms without, 8.7 ms for the block).
 */
import type { IDBPTransaction } from 'idb';
import type { Database, QueuedTexts, Schema } from '../database.ts';
import type { Message } from '../model.ts';
import type { DatabaseAccess, Report, Timers } from '../platform.ts';
import type { Scope } from '../scope.ts';
import { HIGHEST_ID, LOWEST_ID } from '../wire/message-id.ts';
import { messagesIn } from '../search-queue.ts';
import { changed, emptyPart } from './block.ts';
import type { Part } from './block.ts';
import { searchedText } from './searched-text.ts';
import { fold } from './terms.ts';

export interface Indexer {
  /** There may be something to bring in. */
  wake(): void;
}

interface Needs {
  readonly database: Database;
  readonly KeyRange: DatabaseAccess['KeyRange'];
  readonly timers: Timers;
  readonly scope: Scope;
  readonly report: Report;
}

/** Messages at a time: some milliseconds of work. */
const PIECE = 100;
/** Three times the longest text. There are characters that fold to eighteen, of which nobody writes a whole message. */
const FOLDED_MAX = 48_000;
/** Nothing waits for it, a hundred messages cost little more than one, and much that comes at once has other work before it: ms of quiet. */
const WAKE_AFTER = 5_000;
/** Where it is never quiet. */
const WAKE_AT_LATEST = 60_000;
/** Between two pieces the page does what else it has to do, ms. */
const PAUSE = 20;

const TOUCHED: ('messages' | 'searchQueue' | 'searchBlocks' | 'searchSigns' | 'searchBuild')[] = [
  'messages',
  'searchQueue',
  'searchBlocks',
  'searchSigns',
  'searchBuild',
];
type Working = IDBPTransaction<Schema, typeof TOUCHED, 'readwrite'>;

export function createIndexer({ database, KeyRange, timers, scope, report }: Needs): Indexer {
  let working = false;
  let wokenMeanwhile = false;
  let cancelQuiet = (): void => undefined;
  let cancelLatest: (() => void) | null = null;

  function wake(): void {
    wokenMeanwhile = working;
    if (working) return;
    cancelQuiet();
    cancelQuiet = timers.after(WAKE_AFTER, () => void work());
    cancelLatest ??= timers.after(WAKE_AT_LATEST, () => void work());
  }

  function rest(): void {
    cancelQuiet();
    cancelLatest?.();
    cancelLatest = null;
  }

  async function work(): Promise<void> {
    rest();
    working = true;
    wokenMeanwhile = false;
    // A storage that is full or gone stops it; what is left to do stays written down, for the next time.
    const more = await indexPiece(database, KeyRange).catch((error: unknown) => {
      if (!scope.ended) report('bringing messages into the search', error);
      return false;
    });
    working = false;
    if (scope.ended) return;
    if (wokenMeanwhile) wake();
    else if (more) cancelQuiet = timers.after(PAUSE, () => void work());
  }

  scope.own(rest);
  return { wake };
}

/** Brings some messages in; false when nothing is left. */
export async function indexPiece(database: Database, KeyRange: DatabaseAccess['KeyRange']): Promise<boolean> {
  const transaction = database.transaction(TOUCHED, 'readwrite');
  // Whatever aborts it also fails the request that is awaited below.
  transaction.done.catch(() => undefined);
  const more = (await takeQueue(transaction, KeyRange)) || (await buildOn(transaction, KeyRange));
  await transaction.done;
  return more;
}

async function takeQueue(transaction: Working, KeyRange: DatabaseAccess['KeyRange']): Promise<boolean> {
  const queue = transaction.objectStore('searchQueue');
  const entries = upToAPiece(await queue.getAll(null, PIECE));
  if (entries.length === 0) return false;
  const keys = messagesIn(entries);
  const store = transaction.objectStore('messages');
  const messages = await Promise.all(keys.map((key) => store.get(key)));
  await bringIn(transaction, KeyRange, keys, messages);
  await Promise.all(entries.map(({ conversationId, id }) => queue.delete([conversationId, id])));
  return true;
}

/** The first of these, until they name as many messages as a piece has. */
function upToAPiece(entries: readonly QueuedTexts[]): readonly QueuedTexts[] {
  let messages = 0;
  const end = entries.findIndex(({ ids }) => (messages += ids?.length ?? 1) >= PIECE);
  return end < 0 ? entries : entries.slice(0, end + 1);
}

async function buildOn(transaction: Working, KeyRange: DatabaseAccess['KeyRange']): Promise<boolean> {
  const progress = transaction.objectStore('searchBuild');
  const build = await progress.get('build');
  if (!build) return false;
  const rest = build.upTo ? KeyRange.lowerBound(build.upTo, true) : null;
  const messages = await transaction.objectStore('messages').getAll(rest, PIECE);
  const keys = messages.map(({ conversationId, id }): [string, string] => [conversationId, id]);
  const upTo = keys.at(-1);
  if (upTo) await progress.put({ upTo, done: build.done + keys.length }, 'build');
  else await progress.delete('build');
  await bringIn(transaction, KeyRange, keys, messages);
  return upTo !== undefined;
}

/** `messages` stand in the order of `keys`; one that is gone is taken out. */
async function bringIn(
  transaction: Working,
  KeyRange: DatabaseAccess['KeyRange'],
  keys: readonly [string, string][],
  messages: readonly (Message | undefined)[],
): Promise<void> {
  const byConversation = new Map<string, Map<string, string | null>>();
  for (const [index, [conversationId, id]] of keys.entries()) {
    const changes = byConversation.get(conversationId) ?? new Map<string, string | null>();
    byConversation.set(conversationId, changes);
    const text = searchedText(messages[index]);
    changes.set(id, text === '' ? null : fold(text).slice(0, FOLDED_MAX));
  }
  for (const [conversationId, changes] of byConversation)
    await bringInto(transaction, KeyRange, conversationId, changes);
}

async function bringInto(
  transaction: Working,
  KeyRange: DatabaseAccess['KeyRange'],
  conversationId: string,
  changes: ReadonlyMap<string, string | null>,
): Promise<void> {
  const blocks = transaction.objectStore('searchBlocks');
  const signs = transaction.objectStore('searchSigns');
  const whole = KeyRange.bound([conversationId, LOWEST_ID], [conversationId, HIGHEST_ID]);
  const starts = (await blocks.getAllKeys(whole)).map(([, start]) => start);
  for (const [start, own] of byBlock(starts, changes)) {
    const key: [string, string] = [conversationId, start];
    const [block, sign] = await Promise.all([blocks.get(key), signs.get(key)]);
    const part: Part = block && sign ? { block, sign } : emptyPart(conversationId);
    const parts = changed(part, own);
    await Promise.all(parts.flatMap((each) => [blocks.put(each.block), signs.put(each.sign)]));
  }
}

/** The changes by the start of the block that they belong to: the last start that is not after the id. */
function byBlock(
  starts: readonly string[],
  changes: ReadonlyMap<string, string | null>,
): Map<string, Map<string, string | null>> {
  const result = new Map<string, Map<string, string | null>>();
  for (const [id, text] of changes) {
    const start = starts.findLast((each) => each <= id) ?? LOWEST_ID;
    const own = result.get(start) ?? new Map<string, string | null>();
    result.set(start, own.set(id, text));
  }
  return result;
}
