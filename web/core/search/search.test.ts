import 'fake-indexeddb/auto';
import { deleteDB, openDB } from 'idb';
import { beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../database.ts';
import type { Database } from '../database.ts';
import type { Message } from '../model.ts';
import { createScope } from '../scope.ts';
import { createFakeTime } from '../../../tests/fakes/time.ts';
import { createIndexer, indexPiece } from './indexer.ts';
import { startSearch } from './search.ts';
import { unreported } from '../../../tests/fakes/report.ts';
import { enqueue } from '../search-queue.ts';

const access = { open: openDB, remove: deleteDB, KeyRange: IDBKeyRange };
let round = 0;
let database: Database;

beforeEach(async () => {
  database = await openDatabase(access, `search-${(round += 1)}`);
});

const idOf = (n: number) => String(n).padStart(26, '0');
const message = (n: number, text: string, conversationId = 'f'): Message => ({
  id: idOf(n),
  conversationId,
  author: 'friend',
  at: n,
  body: { kind: 'text', text },
  state: 'read',
});

/** As the store does it: the message and its place in the queue in one transaction. */
async function put(...messages: readonly Message[]): Promise<void> {
  const transaction = database.transaction(['messages', 'searchQueue'], 'readwrite');
  for (const each of messages) {
    void transaction.objectStore('messages').put(each);
    void transaction.objectStore('searchQueue').put({ conversationId: each.conversationId, id: each.id });
  }
  await transaction.done;
}

/** As the store does it with what came together. */
async function putTogether(...messages: readonly Message[]): Promise<void> {
  const transaction = database.transaction(['messages', 'searchQueue'], 'readwrite');
  for (const each of messages) void transaction.objectStore('messages').put(each);
  const ids = messages.map(({ id }) => id);
  await enqueue(transaction.objectStore('searchQueue'), messages[0]!.conversationId, ids);
  await transaction.done;
}

async function remove({ conversationId, id }: Message): Promise<void> {
  const transaction = database.transaction(['messages', 'searchQueue'], 'readwrite');
  void transaction.objectStore('messages').delete([conversationId, id]);
  void transaction.objectStore('searchQueue').put({ conversationId, id });
  await transaction.done;
}

async function indexAll(): Promise<void> {
  while (await indexPiece(database, IDBKeyRange));
}

const run = (text: string, conversationId: string | null = null) =>
  startSearch({ database, KeyRange: IDBKeyRange, text, conversationId });

async function all(text: string, conversationId: string | null = null): Promise<number[]> {
  const search = run(text, conversationId);
  const found: number[] = [];
  for (let more = true; more;) {
    const result = await search.next();
    if (!result.ok) throw new Error(result.failure.code);
    found.push(...result.value.hits.map(({ at }) => at));
    more = result.value.more;
  }
  return found;
}

/** Before, between and after the work of the index nothing about the results may differ. */
const STAGES: readonly [string, () => Promise<void>][] = [
  ['before anything is indexed', () => Promise.resolve()],
  ['half way', async () => void (await indexPiece(database, IDBKeyRange))],
  ['after everything is indexed', indexAll],
];

describe.each(STAGES)('%s', (_, index) => {
  it('finds what says it, newest first, in one conversation or all', async () => {
    await put(
      message(1, '想去看那个展览'),
      message(2, 'The exhibition about maps', 'g'),
      message(3, '展览很好'),
      message(4, 'nothing'),
      message(5, '览展', 'g'),
      message(6, '展览！', 'g'),
    );
    await index();
    expect(await all('展览')).toEqual([6, 3, 1]);
    expect(await all('展览', 'f')).toEqual([3, 1]);
    expect(await all('展览', 'nobody')).toEqual([]);
    expect(await all('maps exh')).toEqual([2]);
    expect(await all('?')).toEqual([]);
  });

  it('finds every one of many, in order, across friends and pages', async () => {
    const texts = ['苹果树', 'apple', '很多苹果', 'an apple 苹果'];
    const messages = Array.from({ length: 250 }, (_each, n) =>
      message(n * 7 + (n % 3), `${texts[n % 4]} ${'filler '.repeat(20)}${n}`, `friend${n % 3}`),
    );
    await put(...messages);
    await index();
    const numbers = (keep: (n: number) => boolean) =>
      messages
        .filter((_each, n) => keep(n))
        .map(({ at }) => at)
        .toSorted((a, b) => b - a);
    expect(await all('苹')).toEqual(numbers((n) => n % 4 !== 1));
    expect(await all('app')).toEqual(numbers((n) => n % 2 === 1));
    expect(await all('苹果 apple')).toEqual(numbers((n) => n % 4 === 3));
    expect(await all('filler', 'friend2')).toEqual(numbers((n) => n % 3 === 2));
  });

  it('follows what is edited and removed', async () => {
    await put(message(1, 'old words'), message(2, 'gone words'), message(3, 'kept words'));
    await index();
    await put(message(1, 'new phrase'));
    await remove(message(2, 'gone words'));
    await index();
    expect(await all('words')).toEqual([3]);
    expect(await all('phrase')).toEqual([1]);
    await indexAll();
    expect(await all('words')).toEqual([3]);
    expect(await all('phrase')).toEqual([1]);
  });

  it('finds files by name and calls by nothing', async () => {
    const file = { name: 'Résumé 2026 简历.pdf', size: 1, type: 'application/pdf' };
    await put(
      { ...message(1, ''), body: { kind: 'file', file, device: '' } },
      { ...message(2, ''), body: { kind: 'call', call: { kind: 'voice', outcome: 'declined', seconds: 0 } } },
    );
    await index();
    for (const text of ['resume', '简', 'pdf', '2026']) expect(await all(text), text).toEqual([1]);
    expect(await all('call')).toEqual([]);
  });
});

describe('the index', () => {
  it('brings a history from before the search in, and says how far it is', async () => {
    const transaction = database.transaction(['messages', 'searchBuild'], 'readwrite');
    for (let n = 0; n < 250; n += 1)
      void transaction.objectStore('messages').put(message(n, `text 第${n}条`));
    void transaction.objectStore('searchBuild').put({ upTo: null, done: 0 }, 'build');
    await transaction.done;
    const building = async () => {
      const page = await run('第3条').next();
      return page.ok ? page.value.building : page.failure;
    };
    expect(await building()).toEqual({ done: 0, total: 250 });
    await indexPiece(database, IDBKeyRange);
    expect(await building()).toEqual({ done: 100, total: 250 });
    await put(message(1, 'edited meanwhile'));
    await indexAll();
    expect(await building()).toBeNull();
    expect(await all('text')).toHaveLength(249);
    expect(await all('meanwhile')).toEqual([1]);
  });

  it('divides what grows, wherever it grows, and stays whole', async () => {
    const text = (n: number) => `${'lorem ipsum '.repeat(60)}n${n}`;
    const order = Array.from({ length: 400 }, (_, n) => (n * 149) % 400);
    for (let at = 0; at < order.length; at += 50) {
      await put(...order.slice(at, at + 50).map((n) => message(n, text(n))));
      await indexAll();
    }
    const blocks = await database.getAll('searchBlocks');
    expect(blocks.length).toBeGreaterThan(10);
    for (const { ids, texts } of blocks) expect(ids.length + texts.length).toBeLessThanOrEqual(24_000);
    const ids = blocks.flatMap((block) => block.ids.split('\n'));
    expect(ids).toEqual(Array.from({ length: 400 }, (_, n) => idOf(n)));
    expect(await all('lorem')).toEqual(Array.from({ length: 400 }, (_, n) => 399 - n));
    for (const n of [0, 17, 200, 399]) expect(await all(`n${n}`)).toContain(n);
  });

  it('misses and repeats nothing while it works under a search', async () => {
    await put(...Array.from({ length: 150 }, (_, n) => message(n, `${'word '.repeat(60)}first`)));
    await indexAll();
    const search = run('word');
    const first = await search.next();
    await put(...Array.from({ length: 150 }, (_, n) => message(n, `${'word '.repeat(100)}second`)));
    await indexAll();
    const found = first.ok ? first.value.hits.map(({ at }) => at) : [];
    for (let more = true; more;) {
      const page = await search.next();
      if (!page.ok) throw new Error(page.failure.code);
      found.push(...page.value.hits.map(({ at }) => at));
      more = page.value.more;
    }
    expect(found).toEqual(Array.from({ length: 150 }, (_, n) => 149 - n));
  });

  it('works by itself until nothing is left, also of what comes while it works', async () => {
    const { indexer, time, scope } = setUp();
    await put(message(1, 'one'));
    indexer.wake();
    // The piece begins within this; the second message comes before it has ended.
    const working = time.advance(5_000);
    await put(message(2, 'two'));
    indexer.wake();
    await working;
    await time.advance(5_000);
    expect(await database.count('searchQueue')).toBe(0);
    expect(await all('two')).toEqual([2]);
    scope.end();
  });

  it('brings in what came together as it does what came alone, and finds it before that once', async () => {
    const many = Array.from({ length: 250 }, (_none, n) => message(n, n % 50 === 0 ? `needle ${n}` : 'hay'));
    await putTogether(...many);
    await put(message(50, 'a needle, edited'));
    await putTogether(message(300, 'needle'), message(301, 'hay'), message(302, 'hay'));
    const numbers = [300, 200, 150, 100, 50, 0];
    expect(await all('needle')).toEqual(numbers);
    expect(await all('needle', 'f')).toEqual(numbers);
    expect(await all('needle', 'g')).toEqual([]);
    // Some are in the index, and some are not yet.
    expect(await indexPiece(database, IDBKeyRange)).toBe(true);
    expect(await database.count('searchQueue')).toBeGreaterThan(0);
    expect(await all('needle')).toEqual(numbers);
    await indexAll();
    expect(await database.count('searchQueue')).toBe(0);
    expect(await all('needle')).toEqual(numbers);
  });

  it('waits until nothing more comes, such as the mail of a week, but not for ever', async () => {
    const { indexer, time, scope } = setUp();
    const left: number[] = [];
    for (let second = 0; second < 62; second += 2) {
      await put(message(second, 'again'));
      indexer.wake();
      await time.advance(2_000);
      left.push(await database.count('searchQueue'));
    }
    expect(left[28]).toBe(29);
    expect(left.at(-1)).toBeLessThan(3);
    await time.advance(5_000);
    expect(await database.count('searchQueue')).toBe(0);
    scope.end();
  });

  function setUp() {
    const scope = createScope();
    const time = createFakeTime();
    const { timers } = time;
    const needs = { database, KeyRange: IDBKeyRange, timers, scope, report: unreported };
    return { indexer: createIndexer(needs), time, scope };
  }

  it('takes the longest message and one that is all one word', async () => {
    // Each of the last ones folds to eighteen characters.
    const longest = ['字', 'x', '\ufdfa'].map((each, n) => message(n + 1, each.repeat(16_000)));
    await put(...longest, message(9, 'end'));
    await indexAll();
    expect(await all('字字字')).toEqual([1]);
    expect(await all('x'.repeat(150))).toEqual([2]);
    expect(await all('\ufdfa')).toEqual([3]);
    expect(await all('end')).toEqual([9]);
    for (const { texts } of await database.getAll('searchBlocks')) expect(texts.length).toBeLessThan(50_000);
  });
});

describe('a search', () => {
  it('that is cancelled finds nothing', async () => {
    await put(message(1, 'here'));
    const search = run('here');
    const page = search.next();
    search.cancel();
    expect(await page).toEqual({ ok: true, value: { hits: [], more: false, building: null } });
  });

  it('says when the storage is gone', async () => {
    database.close();
    expect(await run('here').next()).toEqual({ ok: false, failure: { code: 'storage' } });
  });
});
