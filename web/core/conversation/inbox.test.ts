import 'fake-indexeddb/auto';
import { deleteDB, openDB } from 'idb';
import { beforeEach, expect, it, vi } from 'vitest';
import { openDatabase } from '../database.ts';
import type { Database } from '../database.ts';
import { createInbox } from './inbox.ts';
import type { Opened } from './inbox.ts';
import { createStore } from './store.ts';
import type { Store } from './store.ts';

const from = { userId: 'friend', deviceId: 'phone' };
const mail = { via: 'mail', at: 0 } as const;
const idOf = (n: number) => String(n).padStart(26, '0');
let round = 0;
let database: Database;
let store: Store;

beforeEach(async () => {
  const access = { open: openDB, remove: deleteDB, KeyRange: IDBKeyRange };
  database = await openDatabase(access, `inbox-${(round += 1)}`);
  store = createStore(database, IDBKeyRange);
});

/** An inbox over a real store; a piece of mail is one byte, the number of its message. */
function setUp(open = (n: number): Promise<Opened> => Promise.resolve(letter(n))) {
  const receipts: string[][] = [];
  const opening: number[] = [];
  const inbox = createInbox({
    store,
    ownId: 'me',
    open(_from, bytes) {
      opening.push(bytes[0]!);
      return open(bytes[0]!);
    },
    isKnown: () => true,
    reply: (_to, ids) => void receipts.push([...ids]),
    others: () => ['friend'],
    onChange: () => undefined,
    drawn: () => Promise.resolve(),
    onArriving: () => undefined,
    onMessages: () => undefined,
    onReceived: () => [],
    onDropped: () => undefined,
    onTyping: () => undefined,
  });
  return { take: (n: number) => inbox.take(from, Uint8Array.of(n), mail), receipts, opening };
}

const letter = (n: number): Opened => ({
  ok: true,
  conversationId: 'friend',
  message: { type: 'text', id: idOf(n), text: String(n) },
});
const stored = async () => (await store.page('friend', {}, 600)).map(({ id }) => Number(id));

it('stores a page of mail in one go, and answers it with one receipt', async () => {
  const { take, receipts } = setUp();
  const storing = vi.spyOn(store, 'addReceived');
  expect(await Promise.all([1, 2, 3].map(take))).toEqual(['done', 'done', 'done']);
  expect(storing).toHaveBeenCalledTimes(1);
  expect(receipts).toEqual([[1, 2, 3].map(idOf)]);
  expect(await stored()).toEqual([1, 2, 3]);
});

it('opens what comes next while the first is stored, and stores it after that', async () => {
  const real = store;
  let goOn = (): void => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  const began: number[] = [];
  store = {
    ...real,
    async addReceived(conversationId, by, messages, changes) {
      began.push(messages.length);
      await held;
      return real.addReceived(conversationId, by, messages, changes);
    },
  };
  const { take, opening } = setUp();
  const first = take(1);
  await expect.poll(() => began).toEqual([1]);
  const others = [take(2), take(3)];
  await expect.poll(() => opening).toEqual([1, 2, 3]);
  expect(began).toEqual([1]);
  goOn();
  expect(await Promise.all([first, ...others])).toEqual(['done', 'done', 'done']);
  expect(began).toEqual([1, 2]);
  expect(await stored()).toEqual([1, 2, 3]);
});

it('takes what comes in the very moment in which the last is done', async () => {
  const { take } = setUp();
  for (let n = 0; n < 20; n++) expect(await take(n)).toBe('done');
  expect(await stored()).toHaveLength(20);
});

it('keeps nothing for done that was not stored or could not be opened', async () => {
  const { take, receipts } = setUp((n) =>
    n === 2 ? Promise.reject(new Error('gone')) : Promise.resolve(letter(n)),
  );
  expect(await Promise.all([take(1), take(2)])).toEqual(['done', 'not-stored']);
  database.close();
  expect(await take(3)).toBe('not-stored');
  expect(receipts).toEqual([[idOf(1)]]);
});
