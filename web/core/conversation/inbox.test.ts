import 'fake-indexeddb/auto';
import { deleteDB, openDB } from 'idb';
import { beforeEach, expect, it, vi } from 'vitest';
import { openDatabase } from '../database.ts';
import type { Database } from '../database.ts';
import type { WireMessage } from '../wire/message.ts';
import { unreported } from '../../../tests/fakes/report.ts';
import { createInbox, ofTheirs } from './inbox.ts';
import type { Opened, Taken } from './inbox.ts';
import { createStore } from './store.ts';
import type { Store } from './store.ts';

const from = { userId: 'friend', deviceId: 'phone' };
const mail = { via: 'mail', at: 0 } as const;
const idOf = (n: number, author = 'friend') => String(n).padStart(26, '0') + author;
let round = 0;
let database: Database;
let store: Store;

beforeEach(async () => {
  const access = { open: openDB, remove: deleteDB, KeyRange: IDBKeyRange };
  database = await openDatabase(access, `inbox-${(round += 1)}`);
  store = createStore(database, IDBKeyRange);
});

type Needs = Parameters<typeof createInbox>[0];

/** An inbox over a real store. */
const inboxWith = (needs: Pick<Needs, 'open'> & Partial<Needs>) =>
  createInbox({
    store,
    ownId: 'me',
    isKnown: () => true,
    reply: () => undefined,
    others: () => ['friend'],
    onChange: () => undefined,
    isWatched: () => false,
    onSeen: () => undefined,
    drawn: () => Promise.resolve(),
    report: unreported,
    onArriving: () => undefined,
    onMessages: () => undefined,
    onReceived: () => [],
    onDropped: () => undefined,
    onTyping: () => undefined,
    ...needs,
  });

/** A piece of mail is one byte, the number of its message. */
function setUp(open = (n: number): Promise<Opened> => Promise.resolve(letter(n))) {
  const receipts: string[][] = [];
  const opening: number[] = [];
  const reported: string[] = [];
  const inbox = inboxWith({
    open(_from, bytes) {
      opening.push(bytes[0]!);
      return open(bytes[0]!);
    },
    reply: (_to, ids) => void receipts.push([...ids]),
    report: (during) => reported.push(during),
  });
  return { take: (n: number) => inbox.take(from, Uint8Array.of(n), mail), receipts, opening, reported };
}

const letter = (n: number): Opened => ({
  ok: true,
  conversationId: 'friend',
  message: { type: 'text', id: idOf(n), text: String(n) },
});
const stored = async () => (await store.page('friend', {}, 600)).map(({ id }) => Number(id.slice(0, 26)));

it('stores a page of mail in one go, and answers it with one receipt', async () => {
  const { take, receipts } = setUp();
  const storing = vi.spyOn(store, 'addReceived');
  expect(await Promise.all([1, 2, 3].map(take))).toEqual(['done', 'done', 'done']);
  expect(storing).toHaveBeenCalledTimes(1);
  expect(receipts).toEqual([[1, 2, 3].map((n) => idOf(n))]);
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

it('opens two batches at once and no third, and stores them in the order in which they came', async () => {
  const open = new Map<number, () => void>();
  const { take, opening, receipts } = setUp(
    (n) => new Promise((resolve) => open.set(n, () => resolve(letter(n)))),
  );
  const taken: Promise<Taken>[] = [];
  for (const n of [1, 2, 3]) {
    taken.push(take(n));
    await expect.poll(() => opening).toEqual([1, 2].slice(0, n));
  }
  open.get(2)!();
  // Nothing of it shows before the first is open: a little time is all that can be waited for.
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(opening).toEqual([1, 2]);
  expect(receipts).toEqual([]);
  open.get(1)!();
  await expect.poll(() => opening).toEqual([1, 2, 3]);
  open.get(3)!();
  expect(await Promise.all(taken)).toEqual(['done', 'done', 'done']);
  expect(receipts).toEqual([1, 2, 3].map((n) => [idOf(n)]));
});

it('takes what comes in the very moment in which the last is done', async () => {
  const { take } = setUp();
  for (let n = 0; n < 20; n++) expect(await take(n)).toBe('done');
  expect(await stored()).toHaveLength(20);
});

it('keeps nothing for done that was not stored or could not be opened, and tells why', async () => {
  const { take, receipts, reported } = setUp((n) =>
    n === 2 ? Promise.reject(new Error('gone')) : Promise.resolve(letter(n)),
  );
  expect(await Promise.all([take(1), take(2)])).toEqual(['done', 'not-stored']);
  database.close();
  expect(await take(3)).toBe('not-stored');
  expect(receipts).toEqual([[idOf(1)]]);
  expect(reported).toEqual(['opening a letter', 'storing letters']);
});

it('stores nothing of a page that the database refused in its midst, and all of it the next time', async () => {
  const { take, receipts, reported } = setUp();
  const refusing = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(function (
    this: IDBObjectStore,
    message,
  ) {
    const writing = this.add(message);
    writing.addEventListener('success', () => this.transaction.abort());
    return writing;
  });
  expect(await Promise.all([1, 2, 3].map(take))).toEqual(['not-stored', 'not-stored', 'not-stored']);
  expect(refusing).toHaveBeenCalled();
  refusing.mockRestore();
  expect([await stored(), receipts, reported]).toEqual([[], [], ['storing letters']]);
  expect(await Promise.all([1, 2, 3].map(take))).toEqual(['done', 'done', 'done']);
  expect(await stored()).toEqual([1, 2, 3]);
});

it('takes nothing under the id of somebody else’s letter, however quick, and shows that when it comes', async () => {
  const letters: Readonly<Record<string, WireMessage>> = {
    // In a group, of which both are members.
    mallory: { type: 'text', id: idOf(1), text: 'not hers' },
    friend: { type: 'text', id: idOf(1), text: 'hers' },
  };
  const receipts: string[] = [];
  const inbox = inboxWith({
    open: ({ userId }) => Promise.resolve({ ok: true, conversationId: 'g', message: letters[userId]! }),
    reply: ({ userId }) => void receipts.push(userId),
    others: () => ['friend', 'mallory'],
  });
  for (const userId of ['mallory', 'friend']) {
    expect(await inbox.take({ userId, deviceId: 'd' }, Uint8Array.of(0), mail)).toBe('done');
  }
  const page = await store.page('g', {}, 9);
  expect(page).toMatchObject([{ id: idOf(1), author: '@friend', body: { text: 'hers' } }]);
  expect(receipts).toEqual(['friend']);
});

it.each<[string, WireMessage, boolean]>([
  ['a text', { type: 'text', id: idOf(1), text: '1' }, true],
  ['a text under another’s id', { type: 'text', id: idOf(1, 'mallory'), text: '1' }, false],
  ['a text under an id of nobody’s', { type: 'text', id: idOf(1, ''), text: '1' }, false],
  ['a file under another’s id', { type: 'file', id: idOf(1, 'me'), name: 'f', size: 1, mime: '' }, false],
  ['an edit', { type: 'edit', id: idOf(2), target: idOf(1), text: '2' }, true],
  [
    'an edit of what is older than ids with authors',
    { type: 'edit', id: idOf(2), target: idOf(1, ''), text: '2' },
    true,
  ],
  ['an edit under another’s id', { type: 'edit', id: idOf(2, 'me'), target: idOf(1), text: '2' }, false],
  ['an edit of another’s', { type: 'edit', id: idOf(2), target: idOf(1, 'me'), text: '2' }, false],
  ['a deletion of another’s', { type: 'delete', id: idOf(2), target: idOf(1, 'me') }, false],
  [
    'a reaction to another’s',
    { type: 'reaction', id: idOf(2), target: idOf(1, 'me'), emoji: '👍', on: true },
    true,
  ],
  [
    'a reaction under another’s id',
    { type: 'reaction', id: idOf(2, 'me'), target: idOf(1), emoji: '👍', on: true },
    false,
  ],
  ['a receipt', { type: 'receipt', delivered: [idOf(1, 'me')] }, true],
])('%s from a friend is theirs or refused', (_, message, theirs) => {
  const opened = { ok: true, conversationId: 'g', message } as const;
  expect(ofTheirs('friend', opened)).toEqual(theirs ? opened : { ok: false, why: 'not-theirs' });
});

it('stores what is watched as read, and says so, but not what somebody else watches', async () => {
  const seen: string[] = [];
  const inbox = inboxWith({
    open: (_from, bytes) => Promise.resolve(letter(bytes[0]!)),
    isWatched: (conversationId) => conversationId === 'friend',
    onSeen: (conversationId) => void seen.push(conversationId),
  });
  await inbox.take(from, Uint8Array.of(1), mail);
  expect(seen).toEqual(['friend']);
  await inbox.take(from, Uint8Array.of(1), mail);
  // One's own word from another device.
  await inbox.take({ userId: 'me', deviceId: 'phone' }, Uint8Array.of(1), mail);
  expect(seen).toEqual(['friend']);
  expect(await store.page('friend', {}, 9)).toMatchObject([{ id: idOf(1), state: 'read' }]);
  expect(await store.conversations()).toMatchObject([{ unread: 0, readUpTo: idOf(1) }]);
});

it('counts no receipt for letters of others', async () => {
  const counted: (readonly string[])[] = [];
  const inbox = inboxWith({
    open: () =>
      Promise.resolve({
        ok: true,
        conversationId: 'friend',
        message: { type: 'receipt', delivered: [idOf(1, 'me'), idOf(2, 'mallory'), idOf(3, '')] },
      }),
    onReceived: (_conversationId, _from, ids) => {
      counted.push(ids);
      return [];
    },
  });
  await inbox.take(from, Uint8Array.of(0), mail);
  expect(counted).toEqual([[idOf(1, 'me'), idOf(3, '')]]);
  expect((await database.getAll('receipts')).map(({ id }) => id)).toEqual([idOf(1, 'me'), idOf(3, '')]);
});
