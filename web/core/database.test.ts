import 'fake-indexeddb/auto';
import { deleteDB, openDB } from 'idb';
import { expect, it, vi } from 'vitest';
import { openFirstVersion } from '../../tests/fakes/old-database.ts';
import type { HistoryUpgrade } from './history-model.ts';
import type { Message } from './model.ts';
import { openDatabase } from './database.ts';
import { createStore } from './conversation/store.ts';
import { newRecord } from './groups/record.ts';

const access = { open: openDB, remove: deleteDB, KeyRange: IDBKeyRange };
const OWN = 'own-own-own-own-own-22';
const onOutdated = vi.fn<() => void>();
const idOf = (n: number) => String(n).padStart(26, '0');

/** A database as version 1 made and filled it. */
async function firstVersion(accountId: string): Promise<void> {
  const database = await openFirstVersion(`holler-${accountId}`);
  await database.put('messages', asFirst({ ...HERS, unread: 1 }));
  await database.put('messages', asFirst({ ...ANSWER, unseen: 1 }));
  await database.put('outbox', { friendId: 'f', id: ANSWER.id });
  await database.put('conversations', asFirst({ ...LINE, last: asFirst(ANSWER) }));
  await database.put('cache', PEOPLE, 'people');
  await database.put('transfers', TRANSFER, TRANSFER.view.id);
  database.close();
}

/** The id of a conversation had another name. */
function asFirst<T extends { readonly conversationId: string }>({ conversationId, ...others }: T) {
  return { ...others, friendId: conversationId };
}

const HERS: Message = {
  id: idOf(1),
  conversationId: 'f',
  author: 'friend',
  at: 1,
  body: { kind: 'text', text: 'hers' },
  state: 'delivered',
};
const ANSWER: Message = {
  ...HERS,
  id: idOf(2),
  author: 'me',
  at: 2,
  body: { kind: 'text', text: 'an answer' },
  replyTo: { id: HERS.id, author: 'friend', excerpt: 'hers' },
  state: 'queued',
};
const LINE = {
  conversationId: 'f',
  last: ANSWER,
  unread: 1,
  draft: 'dra',
  readUpTo: null,
  readTold: null,
  revision: 7,
};
const PEOPLE = { contacts: [], incoming: [], outgoing: [], blocked: [], loaded: true };
const TRANSFER = { view: { id: idOf(9) }, device: 'd' };
/** As the answer is from version 9 on, when ids name their author and nobody takes what has no such id. */
const BOUND: Message = { ...ANSWER, id: ANSWER.id + OWN };

it('takes over everything from version 1, which then can be changed like what is new', async () => {
  await firstVersion(OWN);
  const database = await openDatabase(access, OWN);
  const store = createStore(database, IDBKeyRange);
  expect(await store.page('f', {}, 9)).toEqual([HERS, BOUND]);
  expect(await store.conversations()).toEqual([{ ...LINE, last: BOUND }]);
  expect(await store.firstUnread('f')).toBe(HERS.id);
  expect(await store.outbox('f', 9)).toMatchObject([{ type: 'text', id: BOUND.id, text: 'an answer' }]);
  expect(await store.people()).toEqual(PEOPLE);
  expect(await store.transfers()).toEqual([TRANSFER]);
  expect(await database.get('searchBuild', 'build')).toEqual({ upTo: null, done: 0 });
  const group = newRecord('g-0123456789abcdefghijkl');
  await store.groups.put(group);
  expect(await store.groups.all()).toEqual([group]);
  expect(await database.count('receipts')).toBe(0);
  expect([...database.objectStoreNames].filter((name) => name.includes(' '))).toEqual([]);
  // Only a new device fetches the history from the others by itself.
  expect(await database.get('fetchWanted', 'all')).toBeUndefined();
  expect(await database.get('snapshot', 'own')).toMatchObject({ wanted: false, asked: false });

  await store.addReceived('f', 'friend', [], [{ type: 'delete', id: idOf(3), target: HERS.id }]);
  expect(await store.page('f', {}, 9)).toMatchObject([
    { id: HERS.id, body: { kind: 'deleted' } },
    { id: BOUND.id, replyTo: { excerpt: null } },
  ]);
  expect(await store.conversations()).toMatchObject([{ unread: 0, last: { replyTo: { excerpt: null } } }]);
});

it('says how far it is, and that it cannot begin as long as an older tab holds what is there', async () => {
  await firstVersion('slow');
  const older = await openDB('holler-slow', 1);
  const told: HistoryUpgrade[] = [];
  const opening = openDatabase(access, 'slow', { onUpgrade: (upgrade) => told.push(upgrade), onOutdated });
  await vi.waitFor(() => expect(told).toEqual([{ state: 'blocked' }]), { timeout: 20_000 });
  older.close();
  (await opening).close();
  expect(told[1]).toEqual({ state: 'running', done: 0, total: 0 });
  // Two messages, a conversation, and what waits to be sent.
  expect(told).toContainEqual({ state: 'running', done: 2, total: 4 });
  expect(told.at(-1)).toEqual({ state: 'running', done: 4, total: 4 });
});

it('lets go of it when a newer version or the end of the account wants it, and says which', async () => {
  const opened = await openDatabase(access, 'left', { onUpgrade: onOutdated, onOutdated });
  const newer = await openDB('holler-left', 99, { blocking: () => newer.close() });
  expect(onOutdated).toHaveBeenCalledOnce();
  expect(() => opened.transaction('messages')).toThrow();
  newer.close();
  await openDatabase(access, 'ended', { onUpgrade: onOutdated, onOutdated });
  await deleteDB('holler-ended');
  expect(onOutdated).toHaveBeenCalledOnce();
});

it('has nothing to bring into the search where there was no history, and wants that of other devices', async () => {
  const database = await openDatabase(access, 'new');
  expect(await database.get('searchBuild', 'build')).toBeUndefined();
  expect(await database.get('fetchWanted', 'all')).toBe('new');
  expect(await database.get('snapshot', 'own')).toMatchObject({ wanted: true, asked: false });
});
