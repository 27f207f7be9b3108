/** A history of any length and the search over it, for the benchmark to call. */
import { deleteDB, openDB } from 'idb';
import { createStore } from '../../../web/core/conversation/store.ts';
import { openDatabase } from '../../../web/core/database.ts';
import type { Message } from '../../../web/core/model.ts';
import { indexPiece } from '../../../web/core/search/indexer.ts';
import { startSearch } from '../../../web/core/search/search.ts';

const FRIENDS = ['friend-a', 'friend-b', 'friend-c', 'friend-d'];
const BATCH = 2_000;

let seed = 7;
const fraction = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
/** From 0, each number about as often as Zipf's law says of the word of this rank. */
const rank = (count: number) => Math.min(count - 1, Math.floor(count ** fraction()) - 1);
const pick = (from: string) => from.charAt(Math.floor(fraction() * from.length));

/** 20,000 words of each language, the first the most used. */
const ENGLISH = Array.from({ length: 20_000 }, () =>
  Array.from({ length: 2 + Math.floor(fraction() * 8) }, () => pick('etaoinshrdlucmfwypvbgk')).join(''),
);
const CHINESE = Array.from({ length: 20_000 }, () =>
  [0, 1].map(() => String.fromCodePoint(0x4e00 + rank(3_500) * 5)).join(''),
);

function textOf(n: number): string {
  const length = 2 + Math.floor(fraction() ** 2 * 28);
  const [words, space] = n % 2 === 0 ? [ENGLISH, ' '] : [CHINESE, ''];
  return Array.from({ length }, () => words[rank(words.length)] ?? '').join(space);
}

/** Each says something in both languages. */
const friendOf = (n: number) => FRIENDS[(n >> 1) % FRIENDS.length] ?? '';
const idOf = (n: number) => String(n).padStart(26, '0');

function messageOf(n: number, text: string): Message {
  const conversationId = friendOf(n);
  return {
    id: idOf(n),
    conversationId,
    author: 'friend',
    at: n,
    body: { kind: 'text', text },
    state: 'read',
  };
}

async function start() {
  const database = await openDatabase({ open: openDB, remove: deleteDB, KeyRange: IDBKeyRange }, 'bench');
  const store = createStore(database, IDBKeyRange);
  let last = 0;

  /** As a history from before there was a search. */
  async function seedHistory(count: number): Promise<void> {
    for (let from = 0; from < count; from += BATCH) {
      const transaction = database.transaction('messages', 'readwrite');
      for (let n = from; n < Math.min(count, from + BATCH); n += 1)
        void transaction.store.add(messageOf(n, textOf(n)));
      await transaction.done;
    }
    last = count;
    await database.put('searchBuild', { upTo: null, done: 0 }, 'build');
  }

  /** ms for each piece. */
  async function index(): Promise<number[]> {
    const spans: number[] = [];
    for (let more = true; more;) {
      const from = performance.now();
      more = await indexPiece(database, IDBKeyRange);
      spans.push(performance.now() - from);
    }
    return spans;
  }

  async function find(text: string, conversationId: string | null) {
    const from = performance.now();
    const page = await startSearch({ database, KeyRange: IDBKeyRange, text, conversationId }).next();
    const span = performance.now() - from;
    if (!page.ok) throw new Error(page.failure.code);
    return { span, hits: page.value.hits.length, more: page.value.more };
  }

  /** What a page of results costs at least: as many messages read by their keys. */
  async function bareRead(count: number): Promise<number> {
    const from = performance.now();
    const { store: messages } = database.transaction('messages');
    const wanted = Array.from({ length: count }, () => Math.floor(fraction() * last));
    await Promise.all(wanted.map((n) => messages.get([friendOf(n), idOf(n)])));
    return performance.now() - from;
  }

  /** What it costs without an index: every message read and compared. */
  async function bareScan(text: string): Promise<number> {
    const from = performance.now();
    for (const conversationId of FRIENDS) {
      const messages = await database.getAll(
        'messages',
        IDBKeyRange.bound([conversationId], [`${conversationId}~`]),
      );
      messages.filter(({ body }) => body.kind === 'text' && body.text.toLowerCase().includes(text));
    }
    return performance.now() - from;
  }

  async function add(): Promise<number> {
    const message: Message = { ...messageOf((last += 1), textOf(last)), author: 'me', state: 'queued' };
    const from = performance.now();
    await store.addOwn(message.conversationId, [message], false);
    return performance.now() - from;
  }

  /** The same without the search: message, outbox and the conversation's line. */
  async function bareAdd(): Promise<number> {
    const message: Message = { ...messageOf((last += 1), textOf(last)), author: 'me', state: 'queued' };
    const { conversationId, id } = message;
    const from = performance.now();
    const transaction = database.transaction(['messages', 'conversations', 'outbox'], 'readwrite');
    const line = await transaction.objectStore('conversations').get(conversationId);
    await Promise.all([
      transaction.objectStore('messages').add({ ...message, unseen: 1 }),
      transaction.objectStore('outbox').put({ conversationId, id }),
    ]);
    if (line) await transaction.objectStore('conversations').put({ ...line, last: message });
    await transaction.done;
    return performance.now() - from;
  }

  /** Bytes of the index, and of the texts alone, as JavaScript counts them. */
  async function sizes(): Promise<{ size: number; texts: number }> {
    const blocks = await database.getAll('searchBlocks');
    const signs = await database.count('searchSigns');
    const texts = blocks.reduce((sum, block) => sum + 2 * block.texts.length, 0);
    return { size: blocks.reduce((sum, { ids }) => sum + ids.length, texts + signs * 4_096), texts };
  }

  /** Of this rank or the next ones, one that is no beginning of many others. */
  const word = (language: 'en' | 'zh', at: number) =>
    language === 'zh' ? (CHINESE[at] ?? '') : (ENGLISH.slice(at).find(({ length }) => length > 5) ?? '');
  return { seedHistory, index, find, bareRead, bareScan, add, bareAdd, sizes, word };
}

type Bench = Awaited<ReturnType<typeof start>>;

declare global {
  interface Window {
    bench: Promise<Bench>;
  }
}
window.bench = start();
