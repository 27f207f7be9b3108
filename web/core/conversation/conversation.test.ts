import 'fake-indexeddb/auto';
import { deleteDB, openDB } from 'idb';
import { expect, it } from 'vitest';
import { createFakeKeep } from '../../../tests/fakes/keep.ts';
import { createFakeTime } from '../../../tests/fakes/time.ts';
import { openDatabase } from '../database.ts';
import type { PathState } from '../model.ts';
import { createScope } from '../scope.ts';
import { cell } from '../value.ts';
import { createIdMaker } from '../wire/message-id.ts';
import { createConversation } from './conversation.ts';
import { createInHand } from './in-hand.ts';
import { createStore } from './store.ts';

const ADA = 'ada-ada-ada-ada-ada-22';

/** What the tab that leads next would find in hand, when it was sent and now. */
async function speaking(name: string) {
  const access = { open: openDB, remove: deleteDB, KeyRange: IDBKeyRange };
  const database = await openDatabase(access, name);
  const store = createStore(database, IDBKeyRange);
  const keep = createFakeKeep();
  const left = () => createInHand(keep, name).left();
  const { clock, timers } = createFakeTime();
  const nothing = () => undefined;
  const sent: unknown[] = [];
  const conversation = createConversation({
    conversationId: 'f',
    clock,
    timers,
    scope: createScope(),
    store: Promise.resolve(store),
    ids: createIdMaker(
      () => clock.now(),
      (length) => new Uint8Array(length),
      ADA,
    ),
    inHand: createInHand(keep, name),
    line: () => null,
    path: cell<PathState>({ path: 'idle' }),
    unopened: cell(0),
    typists: cell<readonly string[]>([]),
    readMarks: cell<ReadonlyMap<string, string>>(new Map()),
    onAnnounced: () => nothing,
    announce: nothing,
    added: (letters) => void sent.push({ letters, left: left().map(({ content }) => content) }),
    discarded: nothing,
    leave: () => false,
    leaving: cell([]),
    leaveAgain: nothing,
    dropLeaving: nothing,
    offered: nothing,
    typing: nothing,
    read: nothing,
    watch: () => nothing,
    reconnect: nothing,
    onLeave: () => nothing,
    report: nothing,
  });
  return { conversation, database, sent, left };
}

it('has a message in hand when it is sent, until it is stored: if its tab dies, the friend is not the only one who has it', async () => {
  const { conversation, sent, left } = await speaking('stored');
  expect(await conversation.sendText('hello')).toMatchObject({ ok: true });
  const letters = [expect.objectContaining({ type: 'text', text: 'hello' })];
  expect(sent).toEqual([{ letters, left: letters }]);
  expect(left()).toEqual([]);
});

it('has nothing in hand of what the storage refused', async () => {
  const { conversation, database, left } = await speaking('refused');
  await conversation.sendText('hello');
  database.close();
  expect(await conversation.sendText('again')).toMatchObject({ ok: false });
  expect(left()).toEqual([]);
});
