import { expect, it } from 'vitest';
import { createFakeTime } from '../../../tests/fakes/time.ts';
import { unreported } from '../../../tests/fakes/report.ts';
import 'fake-indexeddb/auto';
import { deleteDB, openDB } from 'idb';
import { openDatabase } from '../database.ts';
import type { Message } from '../model.ts';
import { createScope } from '../scope.ts';
import { createShown } from './shown.ts';
import { createStore } from './store.ts';

const message = (n: number): Message => ({
  id: String(n).padStart(26, '0'),
  conversationId: 'f',
  author: 'friend',
  at: n,
  body: { kind: 'text', text: '' },
  state: 'read',
});

/** A history that is shown; `tell` announces messages that came together. */
async function open() {
  const access = { open: openDB, remove: deleteDB, KeyRange: IDBKeyRange };
  const store = createStore(await openDatabase(access, 'shown'), IDBKeyRange);
  const time = createFakeTime();
  const scope = createScope();
  const shown = createShown({
    conversationId: 'f',
    scope,
    timers: time.timers,
    store: Promise.resolve(store),
    report: unreported,
  });
  await shown.loadLatest();
  const tell = (from: number, count: number, more?: boolean): void => {
    const messages = Array.from({ length: count }, (_none, n) => message(from + n));
    shown.announced({
      conversationId: 'f',
      messages,
      conversation: null,
      ...(more !== undefined && { more }),
    });
  };
  const newest = () => shown.timeline.get().messages.at(-1)?.at;
  return { time, scope, tell, newest, timeline: shown.timeline };
}

it('shows what comes many at a time together, the first at once, and nothing late that comes after it', async () => {
  const { time, tell, newest, timeline } = await open();
  let draws = 0;
  timeline.subscribe(() => (draws += 1));
  tell(0, 100);
  expect(newest()).toBe(99);
  tell(100, 100);
  tell(200, 100);
  expect(newest()).toBe(99);
  await time.advance(300);
  expect([newest(), draws]).toEqual([299, 2]);
  tell(300, 100);
  expect(newest()).toBe(299);
  // What comes alone is shown at once, and all before it.
  tell(400, 1);
  expect([newest(), draws]).toEqual([400, 3]);
  expect(timeline.get().messages.map(({ at }) => at)).toEqual(
    Array.from(
      { length: timeline.get().messages.length },
      (_none, n) => 401 - timeline.get().messages.length + n,
    ),
  );
  // After a quiet time many are shown at once again.
  await time.advance(2_000);
  tell(401, 100);
  expect(newest()).toBe(500);
});

it('shows the last of what waited at once, and holds the others whatever is told of the line in the list', async () => {
  const { time, tell, newest } = await open();
  tell(0, 100, true);
  tell(100, 20, true);
  tell(120, 0);
  expect(newest()).toBe(99);
  await time.advance(300);
  tell(120, 200, true);
  expect(newest()).toBe(119);
  tell(320, 200, false);
  expect(newest()).toBe(519);
});

it('shows nothing more once it is closed', async () => {
  const { time, scope, tell, newest } = await open();
  tell(0, 100);
  tell(100, 100);
  scope.end();
  await time.advance(300);
  expect(newest()).toBe(99);
});
