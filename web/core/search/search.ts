/**
 * Finds messages by their text, newest first, page by page.
 *
 * 1. What is still in the queue is read and compared itself.
 * 2. The signatures of all blocks say which ones may hold the terms.
 * 3. Those are read, newest first, until a page is full. What a block holds is older than its `last`, so a hit is shown
 *    once no block that is left could hold a newer one.
 * 4. Each hit's message is read and compared again, so nothing is shown that does not say it.
 *
 * No transaction spans two of these, so that a search never holds up sending. The queue is read before the signatures:
 * what leaves it in between is then found twice, which is noticed, and not missed.
 */
import type { Database, SearchBlock, SearchSign } from '../database.ts';
import type { Message, Result, SearchHit, SearchPage, SearchRun } from '../model.ts';
import type { DatabaseAccess } from '../platform.ts';
import { fail, ok } from '../result.ts';
import { HIGHEST_ID, LOWEST_ID } from '../wire/message-id.ts';
import { messagesIn } from '../search-queue.ts';
import { linesOf } from './block.ts';
import { searchedText } from './searched-text.ts';
import { mayHold } from './signature.ts';
import { fold, occurAll, termsOf } from './terms.ts';
import type { Term } from './terms.ts';

const PAGE = 30;
/** Blocks that are read at once: few at first, which is enough for a common word. */
const FIRST_BLOCKS = 2;
const MORE_BLOCKS = 12;

const NOTHING: SearchPage = { hits: [], more: false, building: null };

interface Needs {
  readonly database: Database;
  readonly KeyRange: DatabaseAccess['KeyRange'];
  readonly text: string;
  /** Whose conversation; null for all. */
  readonly conversationId: string | null;
}

type Key = readonly [conversationId: string, id: string];

interface State {
  /** In order of their newest message, that one last. */
  readonly signs: SearchSign[];
  /** Found and not yet shown, the newest last. */
  found: Key[];
  /** What was in the queue, and is searched by itself. */
  readonly queued: ReadonlySet<string>;
  batch: number;
}

export function startSearch(needs: Needs): SearchRun {
  const { database, KeyRange, conversationId } = needs;
  const terms = termsOf(needs.text);
  let cancelled = false;
  let starting: Promise<State> | null = null;

  async function next(): Promise<Result<SearchPage>> {
    if (terms.length === 0) return ok(NOTHING);
    try {
      starting ??= start();
      return ok(await page(await starting));
    } catch {
      // The database was closed or its storage is gone.
      return fail('storage');
    }
  }

  async function start(): Promise<State> {
    const { queued, found } = await searchQueue();
    const range = conversationId === null ? null : whole(conversationId);
    const signs = (await database.getAll('searchSigns', range)).filter(({ signature }) =>
      mayHold(signature, terms),
    );
    signs.sort((a, b) => (a.last < b.last ? -1 : 1));
    return { queued, found, signs, batch: FIRST_BLOCKS };
  }

  const whole = (of: string) => KeyRange.bound([of, LOWEST_ID], [of, HIGHEST_ID]);

  async function searchQueue(): Promise<Pick<State, 'queued' | 'found'>> {
    const transaction = database.transaction(['searchQueue', 'messages']);
    const range = conversationId === null ? null : whole(conversationId);
    const keys = messagesIn(await transaction.objectStore('searchQueue').getAll(range));
    const store = transaction.objectStore('messages');
    const messages = await Promise.all(keys.map((key) => store.get(key)));
    const found = keys.filter((_, index) => says(messages[index], terms));
    return { queued: new Set(keys.map(nameOf)), found: inOrder(found) };
  }

  async function page(state: State): Promise<SearchPage> {
    const hits: SearchHit[] = [];
    while (hits.length < PAGE && !cancelled) {
      const ripe = takeRipe(state, PAGE - hits.length);
      if (ripe.length > 0) hits.push(...(await read(ripe)));
      else if (state.signs.length > 0) await searchBlocks(state);
      else break;
    }
    if (cancelled) return NOTHING;
    const more = state.found.length > 0 || state.signs.length > 0;
    return { hits, more, building: await building() };
  }

  async function searchBlocks(state: State): Promise<void> {
    const signs = state.signs.splice(-state.batch);
    state.batch = MORE_BLOCKS;
    const transaction = database.transaction('searchBlocks');
    // By range: a block may have been divided meanwhile.
    const blocks = await Promise.all(
      signs.map(({ conversationId: of, start: from, last }) =>
        transaction.store.getAll(KeyRange.bound([of, from], [of, last])),
      ),
    );
    const found = blocks
      .flat()
      .flatMap((block) => keysIn(block, terms))
      .filter((key) => !state.queued.has(nameOf(key)));
    state.found = inOrder([...state.found, ...found]);
  }

  async function read(keys: readonly Key[]): Promise<SearchHit[]> {
    const { store } = database.transaction('messages');
    const messages = await Promise.all(keys.map(([of, id]) => store.get([of, id])));
    return messages
      .filter((message) => message !== undefined)
      .filter((message) => says(message, terms))
      .map(hitOf);
  }

  async function building(): Promise<SearchPage['building']> {
    const build = await database.get('searchBuild', 'build');
    return build ? { done: build.done, total: await database.count('messages') } : null;
  }

  return {
    next,
    cancel: () => (cancelled = true),
  };
}

/** Newest first: those than which no block that is left can hold a newer one. */
function takeRipe(state: State, limit: number): Key[] {
  const left = state.signs.at(-1)?.last ?? '';
  const ripe: Key[] = [];
  for (let key = state.found.at(-1); key && key[1] > left && ripe.length < limit; key = state.found.at(-1)) {
    ripe.push(key);
    state.found.pop();
  }
  return ripe;
}

function keysIn(block: SearchBlock, terms: readonly Term[]): Key[] {
  // Cheaper than to take the block apart, and most often false where the signature was wrong.
  if (!terms.every(({ text }) => block.texts.includes(text))) return [];
  return linesOf(block)
    .filter(({ text }) => occurAll(text, terms))
    .map(({ id }): Key => [block.conversationId, id]);
}

function says(message: Message | undefined, terms: readonly Term[]): boolean {
  return occurAll(fold(searchedText(message)), terms);
}

const hitOf = ({ id, conversationId, author, at, body }: Message): SearchHit => ({
  id,
  conversationId,
  author,
  at,
  body,
});

const nameOf = ([conversationId, id]: Key): string => `${conversationId} ${id}`;

function inOrder(keys: readonly Key[]): Key[] {
  return keys.toSorted((a, b) => (a[1] < b[1] ? -1 : 1));
}
