import { describe, expect, it } from 'vitest';
import { createFakeTime } from '../../../tests/fakes/time.ts';
import { base64 } from '../base64.ts';
import { fail, ok } from '../result.ts';
import { createScope } from '../scope.ts';
import { createMailbox } from './mailbox.ts';
import type { MailItem } from './mailbox.ts';

const from = { userId: 'u'.repeat(22), deviceId: 'd'.repeat(22) };
const VERSION = 2;
const MESSAGE = 1;
const EVENT = 2;
const item = (n: number, kind = MESSAGE) => ({
  id: String(n),
  from,
  at: 0,
  body: base64(Uint8Array.of(VERSION, kind)),
});
const numbers = (items: readonly MailItem[]) => items.map(({ id }) => Number(id));
const turn = () => new Promise((resolve) => setTimeout(resolve));

/** A server with these items, that hands over `size` at a time. */
function setUp(waiting: number, size: number) {
  const asked: (string | null)[] = [];
  const acknowledged: string[] = [];
  const taken: number[] = [];
  const events: number[] = [];
  const isEvent = new Set<number>();
  let refuse: (n: number) => boolean = () => false;
  const time = createFakeTime();
  /** What the server and this device's storage cannot do now. */
  const broken = { server: false, storage: false };
  const mailbox = createMailbox({
    ask: ((request: { type: string; after: string | null }) => {
      asked.push(request.after);
      if (broken.server) return Promise.resolve(fail('unavailable'));
      const begin = Number(request.after ?? 0) + 1;
      const items = [];
      for (let n = begin; n <= waiting && items.length < size; n++)
        items.push(item(n, isEvent.has(n) ? EVENT : MESSAGE));
      const more = begin + items.length <= waiting;
      return Promise.resolve(ok({ type: 'mail-page', ref: 1, items, more }));
    }) as never,
    tell: ({ ids }) => void acknowledged.push(...ids),
    onEvents: async (items) => {
      await turn();
      events.push(...numbers(items));
      return { done: items.map(({ id }) => id), again: false };
    },
    onMessages: async (items) => {
      await turn();
      if (broken.storage) throw new Error('refused');
      taken.push(...numbers(items));
      const done = items.filter(({ id }) => !refuse(Number(id))).map(({ id }) => id);
      return { done, again: done.length < items.length };
    },
    timers: time.timers,
    random: { fraction: () => 0 },
    scope: createScope(),
  });
  return {
    mailbox,
    time,
    broken,
    asked,
    acknowledged,
    taken,
    events,
    isEvent,
    refuse: (which: typeof refuse) => (refuse = which),
  };
}

describe('the mailbox', () => {
  it('takes in page after page in order, and acknowledges what was stored', async () => {
    const { mailbox, asked, acknowledged, taken, refuse } = setUp(5, 2);
    refuse((n) => n === 3);
    void mailbox.collect();
    await expect.poll(() => taken).toEqual([1, 2, 3, 4, 5]);
    expect(asked).toEqual([null, '2', '4']);
    await expect.poll(() => acknowledged).toEqual(['1', '2', '4', '5']);
  });

  it('has all events taken in, of all pages, while the first messages are worked off', async () => {
    const { mailbox, isEvent, events, taken, acknowledged } = setUp(7, 2);
    for (const n of [2, 3, 6]) isEvent.add(n);
    await mailbox.collect();
    expect(events).toEqual([2, 3, 6]);
    expect(taken.length).toBeLessThan(4);
    await expect.poll(() => taken).toEqual([1, 4, 5, 7]);
    expect(acknowledged.toSorted()).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  });

  it('works nothing off that is given again on a new connection', async () => {
    const { mailbox, taken, acknowledged } = setUp(9, 2);
    await mailbox.collect();
    expect(taken.length).toBeLessThan(5);
    void mailbox.collect();
    await mailbox.caughtUp();
    // The pages that were in hand were worked off, and no others of the first connection.
    expect(taken.length).toBeLessThan(9 + 5);
    expect(new Set(acknowledged).size).toBe(9);
  });

  it('asks for nothing once more for want of what it is given again already', async () => {
    const { mailbox, time, asked, acknowledged, refuse } = setUp(3, 2);
    let refused = 0;
    refuse((n) => n === 1 && (refused += 1) === 1);
    await mailbox.collect();
    void mailbox.collect();
    await mailbox.caughtUp();
    expect(refused).toBe(2);
    const before = asked.length;
    await time.advance(300_000);
    expect(asked.length).toBe(before);
    expect(new Set(acknowledged)).toEqual(new Set(['1', '2', '3']));
  });

  it('says that there is nothing to wait for when the server cannot read it', async () => {
    const { mailbox, broken, events } = setUp(2, 2);
    broken.server = true;
    await mailbox.collect();
    expect(events).toEqual([]);
  });

  it('works pushed pages off after those that were asked for, and asks when there is more', async () => {
    const { mailbox, asked, taken } = setUp(4, 2);
    void mailbox.collect();
    await expect.poll(() => taken).toEqual([1, 2, 3, 4]);
    mailbox.take({ type: 'mail-page', items: [item(9)], more: false });
    mailbox.take({ type: 'mail-page', items: [], more: true });
    await expect.poll(() => taken).toEqual([1, 2, 3, 4, 9]);
    expect(asked).toEqual([null, '2', '9']);
  });

  it('has caught up once all that waited is taken in, and what failed as well, on each connection', async () => {
    const { mailbox, time, asked, taken, broken } = setUp(3, 2);
    broken.storage = true;
    void mailbox.collect();
    let caughtUp = false;
    void mailbox.caughtUp().then(() => (caughtUp = true));
    await expect
      .poll(async () => {
        await time.advance(5_000);
        return asked.length;
      })
      .toBeGreaterThan(3);
    expect(caughtUp).toBe(false);
    broken.storage = false;
    await expect
      .poll(async () => {
        await time.advance(5_000);
        return caughtUp;
      })
      .toBe(true);
    expect(taken.slice(-3)).toEqual([1, 2, 3]);
    await mailbox.caughtUp();
    mailbox.connected();
    let again = false;
    void mailbox.caughtUp().then(() => (again = true));
    await turn();
    expect(again).toBe(false);
    void mailbox.collect();
    await expect.poll(() => again).toBe(true);
  });

  it('begins anew on a new connection', async () => {
    const { mailbox, asked } = setUp(1, 2);
    void mailbox.collect();
    await expect.poll(() => asked).toEqual([null]);
    void mailbox.collect();
    await expect.poll(() => asked).toEqual([null, null]);
  });

  it.each(['server', 'storage'] as const)(
    'asks again while the %s fails, though the connection stays',
    async (what) => {
      const { mailbox, time, broken, asked, acknowledged } = setUp(2, 2);
      broken[what] = true;
      void mailbox.collect();
      const later = () => time.advance(5_000);
      await expect.poll(() => later().then(() => asked.length)).toBeGreaterThan(2);
      expect(acknowledged).toEqual([]);
      broken[what] = false;
      await expect.poll(() => later().then(() => acknowledged)).toEqual(['1', '2']);
    },
  );

  it('gets once more what could not be taken in', async () => {
    const { mailbox, time, taken, acknowledged, refuse } = setUp(2, 2);
    refuse((n) => n === 2);
    void mailbox.collect();
    await expect.poll(() => acknowledged).toEqual(['1']);
    refuse(() => false);
    await expect.poll(() => time.advance(5_000).then(() => acknowledged)).toEqual(['1', '1', '2']);
    // Nothing is asked for any more.
    await time.advance(300_000);
    expect(taken).toEqual([1, 2, 1, 2]);
  });
});
