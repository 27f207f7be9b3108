import 'fake-indexeddb/auto';
import { deleteDB, openDB } from 'idb';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Message } from '../model.ts';
import { openDatabase } from '../database.ts';
import type { Database } from '../database.ts';
import { messagesIn } from '../search-queue.ts';
import { createStore } from './store.ts';
import type { Store } from './store.ts';
import { RECEIPTS_MAX } from './waiting-receipts.ts';

const access = { open: openDB, remove: deleteDB, KeyRange: IDBKeyRange };
let round = 0;
let database: Database;
let store: Store;

beforeEach(async () => {
  database = await openDatabase(access, `account-${(round += 1)}`);
  store = createStore(database, IDBKeyRange);
});

const idOf = (n: number) => String(n).padStart(26, '0');
const message = (n: number, author: Message['author'], conversationId = 'f'): Message => ({
  id: idOf(n),
  conversationId,
  author,
  at: n,
  body: { kind: 'text', text: String(n) },
  state: author === 'me' ? 'queued' : 'delivered',
});
const own = (...numbers: number[]) =>
  store.addOwn(
    'f',
    numbers.map((n) => message(n, 'me')),
    false,
  );
const received = (...numbers: number[]) =>
  store.addReceived(
    'f',
    'friend',
    numbers.map((n) => message(n, 'friend')),
  );
const numbers = (messages: readonly Message[]) => messages.map(({ at }) => at);
const waiting = async (limit = 9) => (await store.outbox('f', limit)).map(({ id }) => Number(id));
const REACTION = { type: 'reaction', emoji: '👍', on: true } as const;
const states = async () => (await store.page('f', {}, 100)).map(({ at, state }) => `${at} ${state}`);

describe('a mention', () => {
  const ME = 'me-aaaaaaaaaaaaaaaaaaa';
  const edit = (n: number, mentions?: { id: string; name: string }[]) =>
    store.addReceived(
      'f',
      'friend',
      [],
      [{ type: 'edit', id: idOf(n), target: idOf(1), text: '@Ada', ...(mentions && { mentions }) }],
    );

  it('comes and goes with an edit, and marks the conversation', async () => {
    store = createStore(database, IDBKeyRange, ME);
    await received(1);
    const named = await edit(2, [{ id: ME, name: 'Ada' }]);
    expect(named.conversation).toMatchObject({ unread: 1, mentioned: true });
    const body = { kind: 'text', text: '@Ada', mentions: [{ memberId: ME, name: 'Ada' }] };
    expect(named.messages[0]?.body).toEqual(body);
    expect((await edit(3)).messages[0]?.body).toEqual({ kind: 'text', text: '@Ada' });
    // Of another one there is no mark, and none in what was read.
    await store.markRead('f', idOf(1));
    const late = await edit(4, [{ id: ME, name: 'Ada' }]);
    expect(late.conversation).toMatchObject({ unread: 0, mentioned: false });
  });
});

describe('history', () => {
  it('is read in pages, both ways, per friend', async () => {
    await own(...Array.from({ length: 10 }, (_, n) => n));
    await store.addOwn('g', [message(3, 'me', 'g')], false);
    expect(numbers(await store.page('f', {}, 4))).toEqual([6, 7, 8, 9]);
    expect(numbers(await store.page('f', { before: idOf(6) }, 4))).toEqual([2, 3, 4, 5]);
    expect(numbers(await store.page('f', { before: idOf(2) }, 4))).toEqual([0, 1]);
    expect(numbers(await store.page('f', { after: idOf(7) }, 4))).toEqual([8, 9]);
    expect(numbers(await store.page('g', {}, 4))).toEqual([3]);
    expect(await store.message('f', idOf(11))).toBeNull();
  });

  it('is handed over whole at once: what was just sent is not only at the friend if the tab dies now', async () => {
    const added = vi.spyOn(IDBObjectStore.prototype, 'add');
    const committed = vi.spyOn(IDBTransaction.prototype, 'commit');
    const storing = own(1);
    expect([added.mock.calls.length, committed.mock.calls.length]).toEqual([1, 1]);
    vi.restoreAllMocks();
    await storing;
  });

  it('keeps what became of a message while its place in the list was being written', async () => {
    const storing = own(1);
    await store.markSent('f', [idOf(1)], []);
    expect((await storing).messages).toMatchObject([{ state: 'sent' }]);
    expect((await store.conversations())[0]).toMatchObject({ last: { state: 'sent' } });
  });

  it('shows none of the marks that its indexes need', async () => {
    await own(1);
    await received(2);
    expect(await store.page('f', {}, 9)).toEqual([message(1, 'me'), message(2, 'friend')]);
  });
});

describe('what was received', () => {
  it('is taken once, counted, and read', async () => {
    expect((await received(1, 2, 3)).conversation).toMatchObject({ unread: 3, last: { at: 3 } });
    const again = await received(2, 3, 4);
    expect(numbers(again.messages)).toEqual([4]);
    expect(again.conversation.unread).toBe(4);
    expect(await store.firstUnread('f')).toBe(idOf(1));
    const read = await store.markRead('f', idOf(2));
    expect(read.conversation).toMatchObject({ unread: 2, readUpTo: idOf(2) });
    expect(await store.firstUnread('f')).toBe(idOf(3));
    expect((await store.markRead('f', idOf(9))).conversation).toMatchObject({ unread: 0, readUpTo: idOf(4) });
    expect((await store.markRead('f', idOf(9))).messages).toEqual([]);
    expect(await store.firstUnread('f')).toBeNull();
    expect((await store.conversations())[0]).toMatchObject({ unread: 0, last: { at: 4, state: 'read' } });
  });

  it('keeps the newest as the last, though an older one comes late', async () => {
    await received(5);
    expect((await received(3)).conversation.last).toMatchObject({ at: 5 });
  });

  it('is told apart from what was here, however much of that lies between', async () => {
    await received(...Array.from({ length: 50 }, (_, n) => n));
    expect(numbers((await received(49, 0, 50)).messages)).toEqual([50]);
    expect(numbers((await received(50, 51, 52, 51)).messages)).toEqual([51, 52]);
    expect((await store.conversations())[0]).toMatchObject({ unread: 53 });
  });

  it('is a whole page in one transaction, of which each message is looked for and written once', async () => {
    const read = ['get', 'getKey', 'getAllKeys'] as const;
    const spies = read.map((name) => vi.spyOn(IDBObjectStore.prototype, name));
    const begun = vi.spyOn(IDBDatabase.prototype, 'transaction');
    const put = vi.spyOn(IDBObjectStore.prototype, 'put');
    await received(...Array.from({ length: 200 }, (_, n) => n));
    const count = (of: { mock: { calls: unknown[] } }) => of.mock.calls.length;
    const seen = [count(begun), spies.reduce((sum, spy) => sum + count(spy), 0), count(put)];
    vi.restoreAllMocks();
    // The line of the conversation is read and written with them; the search is told of each hundred at once.
    expect(seen).toEqual([1, 4, 203]);
  });

  it('are told to have come and to be read in one change', async () => {
    await own(1, 2, 3);
    await store.markSent('f', [idOf(3)], []);
    const put = vi.spyOn(IDBObjectStore.prototype, 'put');
    const receipt = await store.applyReceipt('f', [idOf(1), idOf(2), idOf(2)], idOf(3), [idOf(1), idOf(2)]);
    const puts = put.mock.calls.length;
    vi.restoreAllMocks();
    // And the line of the conversation.
    expect(puts).toBe(4);
    expect(receipt.messages.map(({ at, state }) => `${at} ${state}`)).toEqual(['1 read', '2 read', '3 read']);
    expect(await states()).toEqual(['1 read', '2 read', '3 read']);
    expect(await waiting()).toEqual([3]);
  });

  it('are read as they come while they are watched, unless older ones are not', async () => {
    const watched = (...ids: number[]) =>
      store.addReceived(
        'f',
        'friend',
        ids.map((n) => message(n, 'friend')),
        [],
        true,
      );
    const first = await watched(1, 3);
    expect(first.added.map(({ state }) => state)).toEqual(['read', 'read']);
    expect(first.conversation).toMatchObject({ unread: 0, readUpTo: idOf(3), last: { state: 'read' } });
    // Late, and before what was read: it does not take back how far that was.
    expect((await watched(2)).conversation).toMatchObject({ unread: 0, readUpTo: idOf(3) });
    expect(await store.firstUnread('f')).toBeNull();
    await received(4);
    expect((await watched(5)).conversation).toMatchObject({ unread: 2, readUpTo: idOf(3) });
    expect(await store.firstUnread('f')).toBe(idOf(4));
    await store.markRead('f', idOf(5));
    expect((await watched(5, 6)).added).toMatchObject([{ id: idOf(6), state: 'read' }]);
    expect(await states()).toEqual([1, 2, 3, 4, 5, 6].map((n) => `${n} read`));
  });

  it('keeps what is known of its edits when it is read', async () => {
    await received(1);
    const edit = { type: 'edit', id: idOf(2), target: idOf(1), text: 'new' } as const;
    await store.addReceived('f', 'friend', [], [edit]);
    await store.markRead('f', idOf(1));
    await store.addReceived('f', 'friend', [], [{ ...edit, id: idOf(1), text: 'old' }]);
    expect(await store.message('f', idOf(1))).toMatchObject({ state: 'read', body: { text: 'new' } });
  });
});

describe('the outbox', () => {
  it('holds what has no receipt, oldest first', async () => {
    await own(1, 2, 3);
    await store.addOwn('g', [message(9, 'me', 'g')], false);
    expect(await waiting(2)).toEqual([1, 2]);
    expect(await store.outboxConversations()).toEqual(['f', 'g']);
    await store.applyReceipt('f', [idOf(1), idOf(3)], null, [idOf(1), idOf(3)]);
    expect(await waiting()).toEqual([2]);
    expect(await states()).toEqual(['1 delivered', '2 queued', '3 delivered']);
    await store.applyReceipt('f', [idOf(2)], idOf(2), [idOf(2)]);
    expect(await states()).toEqual(['1 read', '2 read', '3 delivered']);
    expect(await store.outboxConversations()).toEqual(['g']);
  });

  it('takes receipts twice, late, and for what is not ours without harm', async () => {
    await own(1);
    await received(2);
    await store.applyReceipt('f', [idOf(1)], idOf(1), [idOf(1)]);
    const again = await store.applyReceipt('f', [idOf(1), idOf(2), idOf(7)], null, []);
    expect(again.messages).toEqual([]);
    expect(await states()).toEqual(['1 read', '2 delivered']);
  });

  it('does not take for read what was never delivered', async () => {
    await own(1, 2);
    await store.applyReceipt('f', [idOf(2)], idOf(2), [idOf(2)]);
    expect(await states()).toEqual(['1 queued', '2 read']);
  });

  it('gives up, tries again, discards', async () => {
    await own(1, 2);
    const failed = await store.giveUp('f', [idOf(1)], { code: 'forbidden' });
    expect(failed.messages[0]).toMatchObject({ state: 'failed', failure: { code: 'forbidden' } });
    expect(await waiting()).toEqual([2]);
    expect((await store.requeue('f', idOf(1)))?.messages[0]).toEqual(message(1, 'me'));
    expect(await store.requeue('f', idOf(1))).toBeNull();
    const discard = (n: number) => store.discard('f', { type: 'delete', id: idOf(n + 90), target: idOf(n) });
    expect((await discard(2))?.conversation.last).toMatchObject({ at: 1 });
    expect(await discard(2)).toBeNull();
    // Should it have arrived all the same, it is deleted there.
    expect(await waiting()).toEqual([1, 92]);
    await store.applyReceipt('f', [idOf(1), idOf(92)], null, [idOf(1), idOf(92)]);
    expect(await discard(1)).toBeNull();
    expect(await waiting()).toEqual([]);
  });

  it('gets what a tab left that died, with all that was said of it meanwhile, unless it is here', async () => {
    await own(1);
    await store.addReceived('f', 'friend', [], [{ ...REACTION, id: idOf(9), target: idOf(2) }]);
    await store.applyReceipt('f', [idOf(2)], null, []);
    expect((await store.addLeft('f', message(1, 'me'))).messages).toEqual([]);
    expect((await store.addLeft('f', message(2, 'me'))).messages).toMatchObject([
      { id: idOf(2), state: 'delivered', reactions: [{ emoji: '👍' }] },
    ]);
    expect(await waiting()).toEqual([1, 2]);
  });

  it('stores the rest when the leading tab has stored some of it already, taking this one for dead', async () => {
    await own(1);
    await store.applyReceipt('f', [idOf(1)], null, [idOf(1)]);
    await own(2, 1);
    expect(await store.page('f', {}, 9)).toMatchObject([{ state: 'delivered' }, { state: 'queued' }]);
    expect(await waiting()).toEqual([2]);
  });
});

describe("a receipt that overtakes the copy of a message from another device of one's own", () => {
  const copies = (...ns: number[]) =>
    store.addReceived(
      'f',
      'me',
      ns.map((n) => ({ ...message(n, 'me'), state: 'sent' })),
    );

  it('is kept until that comes', async () => {
    await store.applyReceipt('f', [idOf(1)], null, []);
    expect((await copies(1, 2)).messages).toMatchObject([{ state: 'delivered' }, { state: 'sent' }]);
    expect(await states()).toEqual(['1 delivered', '2 sent']);
    expect(await database.count('receipts')).toBe(0);
    await store.applyReceipt('f', [], idOf(2), []);
    expect(await states()).toEqual(['1 read', '2 read']);
  });

  it('may say that it was read, too, but not of what was not there to be read', async () => {
    await store.applyReceipt('f', [idOf(2), idOf(3)], null, []);
    await store.applyReceipt('f', [], idOf(2), []);
    await store.applyReceipt('f', [idOf(2)], null, []);
    await copies(1, 2, 3);
    expect(await states()).toEqual(['1 sent', '2 read', '3 delivered']);
    expect(await database.getAllFromIndex('messages', 'unseen')).toHaveLength(2);
  });

  it('counts for no message of the friend, and for no other conversation', async () => {
    await store.applyReceipt('f', [idOf(1), idOf(2)], idOf(2), []);
    await received(1);
    await store.addReceived('g', 'me', [{ ...message(2, 'me', 'g'), state: 'sent' }]);
    expect(await store.message('f', idOf(1))).toEqual(message(1, 'friend'));
    expect(await store.message('g', idOf(2))).toMatchObject({ state: 'sent' });
  });

  it('is not kept for a change, which is no message', async () => {
    await own(1);
    const change = { ...REACTION, id: idOf(2), target: idOf(1) };
    await store.changeOwn('f', idOf(1), () => change);
    await store.applyReceipt('f', [idOf(1), idOf(2)], null, [idOf(2)]);
    expect(await database.count('receipts')).toBe(0);
    expect(await waiting()).toEqual([1]);
  });

  it('is dropped when there are too many, the oldest first', async () => {
    const many = Array.from({ length: RECEIPTS_MAX }, (_, n) => idOf(n));
    await store.applyReceipt('f', many, null, []);
    await store.applyReceipt('f', [idOf(5_000)], null, []);
    expect(await database.count('receipts')).toBe(RECEIPTS_MAX);
    await copies(0, 1);
    expect(await states()).toEqual(['0 sent', '1 delivered']);
  });
});

it('keeps drafts, and empties one with its text', async () => {
  await store.setDraft('f', 'half a');
  await own(1);
  expect((await store.conversations())[0]).toMatchObject({ draft: 'half a' });
  await store.addOwn('f', [message(2, 'me')], true);
  expect((await store.conversations())[0]).toMatchObject({ draft: '', last: { at: 2 } });
});

describe('what the search has to bring in', () => {
  const queued = async () => messagesIn(await database.getAll('searchQueue')).map(([, id]) => Number(id));

  it('is every message that comes or goes, with the message itself', async () => {
    await own(1, 2);
    await received(3, 3);
    expect(await queued()).toEqual([1, 2, 3]);
    await database.clear('searchQueue');
    await store.discard('f', { type: 'delete', id: idOf(9), target: idOf(2) });
    expect(await queued()).toEqual([2]);
  });

  it('is every message that is edited or deleted, and none that is reacted to', async () => {
    await own(1, 2);
    await received(3, 4);
    await database.clear('searchQueue');
    await store.changeOwn('f', idOf(1), () => ({ type: 'edit', id: idOf(5), target: idOf(1), text: 'new' }));
    await store.addReceived('f', 'friend', [], [{ type: 'delete', id: idOf(6), target: idOf(3) }]);
    await store.changeOwn('f', idOf(4), () => ({ ...REACTION, id: idOf(7), target: idOf(4) }));
    expect(await queued()).toEqual([1, 3]);
  });

  it('is all that came together, in few entries, and again what of it is changed together', async () => {
    const many = Array.from({ length: 250 }, (_none, n) => n + 1);
    await received(...many);
    expect(await queued()).toEqual(many);
    expect(await database.count('searchQueue')).toBe(3);
    // By the same first one, so in the same entry: the others of that must stay in it.
    const changed = [1, 300, 301];
    const edits = [1].map(
      (n) => ({ type: 'edit', id: idOf(400 + n), target: idOf(n), text: 'new' }) as const,
    );
    await store.addReceived(
      'f',
      'friend',
      [300, 301].map((n) => message(n, 'friend')),
      edits,
    );
    expect((await queued()).toSorted((a, b) => a - b)).toEqual([...new Set([...many, ...changed])]);
    // And one alone.
    await store.addReceived('f', 'friend', [], [{ type: 'delete', id: idOf(500), target: idOf(1) }]);
    expect((await queued()).toSorted((a, b) => a - b)).toEqual([...many, 300, 301]);
  });

  it('is nothing that was stored before', async () => {
    await own(1);
    await database.clear('searchQueue');
    await own(2, 1);
    expect(await queued()).toEqual([2]);
  });

  it('is no message whose state alone changes', async () => {
    await own(1);
    await received(2);
    await database.clear('searchQueue');
    await store.applyReceipt('f', [idOf(1)], idOf(1), [idOf(1)]);
    await store.markRead('f', idOf(2));
    expect(await queued()).toEqual([]);
  });
});
