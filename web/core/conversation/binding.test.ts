import 'fake-indexeddb/auto';
import { deleteDB, openDB } from 'idb';
import { expect, it } from 'vitest';
import { openDatabase } from '../database.ts';
import type { Message } from '../model.ts';
import { createStore } from './store.ts';

const access = { open: openDB, remove: deleteDB, KeyRange: IDBKeyRange };
const OWN = 'own-own-own-own-own-22';
const idOf = (n: number) => String(n).padStart(26, '0');

const own = (n: number, state: Message['state'], more: Partial<Message> = {}): Message => ({
  id: idOf(n),
  conversationId: 'f',
  author: 'me',
  at: 0,
  body: { kind: 'text', text: String(n) },
  state,
  ...more,
});

const READ = own(1, 'read');
const SENT = own(2, 'sent');
const QUEUED = own(3, 'queued');
const FAILED = own(4, 'failed', { replyTo: { id: QUEUED.id, author: 'me', excerpt: '3' } });
const HERS = own(5, 'delivered', { author: 'friend' });
const EDIT = { type: 'edit', id: idOf(6), target: QUEUED.id, text: '3' } as const;
const REACTION = { type: 'reaction', id: idOf(7), target: HERS.id, emoji: '👍', on: true } as const;

/** A database as version 8 left it, whose stores are those of now. */
async function eighthVersion() {
  const now = await openDatabase(access, 'now');
  const shapes = [...now.objectStoreNames].map((name) => {
    const store = now.transaction(name).store;
    const indexes = [...store.indexNames].map((index) => [index, store.index(index).keyPath] as const);
    return { name, keyPath: store.keyPath, indexes };
  });
  now.close();
  const old = await openDB(`holler-${OWN}`, 8, {
    upgrade(made) {
      for (const { name, keyPath, indexes } of shapes) {
        const store = made.createObjectStore(name, keyPath === null ? {} : { keyPath });
        for (const [index, path] of indexes) store.createIndex(index, path);
      }
    },
  });
  const messages = [READ, { ...SENT, unseen: 1 }, { ...QUEUED, unseen: 1 }, { ...FAILED, unseen: 1 }, HERS];
  for (const message of messages) await old.put('messages', message);
  for (const { id } of [SENT, QUEUED]) await old.put('outbox', { conversationId: 'f', id });
  for (const change of [EDIT, REACTION])
    await old.put('outbox', { conversationId: 'f', id: change.id, change });
  await old.put('transfers', { view: { id: FAILED.id }, device: '' }, FAILED.id);
  old.close();
}

it('gives what was not sent yet ids that name their author, and leaves what anybody has as it is', async () => {
  await eighthVersion();
  const database = await openDatabase(access, OWN);
  const store = createStore(database, IDBKeyRange);
  const bound = (id: string) => id + OWN;
  expect(await store.page('f', {}, 9)).toEqual([
    READ,
    SENT,
    { ...QUEUED, id: bound(QUEUED.id) },
    { ...FAILED, id: bound(FAILED.id), replyTo: { ...FAILED.replyTo, id: bound(QUEUED.id) } },
    HERS,
  ]);
  expect(await store.outbox('f', 9)).toMatchObject([
    { type: 'text', id: bound(QUEUED.id) },
    { ...EDIT, id: bound(EDIT.id), target: bound(QUEUED.id) },
    { ...REACTION, id: bound(REACTION.id), target: HERS.id },
  ]);
  expect(await store.transfers()).toEqual([{ view: { id: bound(FAILED.id) }, device: '' }]);
  expect(await store.requeue('f', bound(FAILED.id))).not.toBeNull();
  // Nothing of it is left that the search would look for in vain.
  const queued = (await database.getAll('searchQueue')).map(({ id }) => id);
  expect(queued).toEqual([QUEUED, FAILED].flatMap(({ id }) => [id, bound(id)]).toSorted());
});
