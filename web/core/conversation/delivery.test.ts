import 'fake-indexeddb/auto';
import { deleteDB, openDB } from 'idb';
import { beforeEach, expect, it, vi } from 'vitest';
import { createFakeTime } from '../../../tests/fakes/time.ts';
import type { FakeTime } from '../../../tests/fakes/time.ts';
import type { Address } from '../crypto/address.ts';
import { openDatabase } from '../database.ts';
import type { Message } from '../model.ts';
import { createScope } from '../scope.ts';
import type { Carrier } from './carrier.ts';
import { createDelivery } from './delivery.ts';
import type { Delivery } from './delivery.ts';
import type { DeviceReach } from './outbox.ts';
import { createStore } from './store.ts';
import type { Store } from './store.ts';
import { toWire } from './wire-form.ts';

const FRIEND = 'friend';
const old = { userId: FRIEND, deviceId: 'old' };
const young = { userId: FRIEND, deviceId: 'young' };
const ONLINE: DeviceReach = { link: { state: 'none' }, relay: true, mailbox: true };

let round = 0;
let time: FakeTime;
let store: Store;
let delivery: Delivery;
let ahead: number;
/** What was relayed, mailed, and to which device. */
let sent: string[];
let readers: Address[];
let reach: DeviceReach;
/** While it is there, sealing waits for it. */
let sealing: Promise<void> | null;
let failed: string[];
let reported: string[];

beforeEach(async () => {
  time = createFakeTime();
  [ahead, sent, readers, reach, sealing, failed, reported] = [0, [], [old], ONLINE, null, [], []];
  const access = { open: openDB, remove: deleteDB, KeyRange: IDBKeyRange };
  store = createStore(await openDatabase(access, `delivery-${(round += 1)}`), IDBKeyRange);
  const carrier: Carrier = {
    ownId: 'me',
    want: () => undefined,
    audience: () => null,
    prepare: () => Promise.resolve(readers),
    async seal(_friendId, message) {
      const known = readers;
      await sealing;
      const id = 'id' in message ? message.id : '';
      return { bytes: new TextEncoder().encode(id), readers: known };
    },
    reach: () => reach,
    sendLink: () => 'closed',
    sendRelay(to, bytes) {
      sent.push(`${Number(new TextDecoder().decode(bytes))} ${to.deviceId}`);
      return Promise.resolve({ ok: true, value: undefined });
    },
    sendMail(_friendId, letters) {
      for (const { id, to } of letters) sent.push(...to.map(({ deviceId }) => `${Number(id)} ${deviceId}`));
      const value = letters.flatMap(({ id, to }) => (id === null ? [] : [{ id, taken: to, full: [] }]));
      return Promise.resolve({ ok: true, value });
    },
  };
  delivery = createDelivery({
    clock: { now: () => time.clock.now() + ahead, monotonic: () => time.clock.monotonic() },
    timers: time.timers,
    scope: createScope(),
    store,
    carrier,
    onSent: async (conversationId, mailed, finished) =>
      void (await store.markSent(conversationId, mailed, finished)),
    onGivenUp: async (conversationId, ids, failure) => {
      failed.push(...ids);
      await store.giveUp(conversationId, ids, failure);
    },
    report: (during) => reported.push(during),
  });
});

const messageOf = (n: number): Message => ({
  id: String(n).padStart(26, '0'),
  conversationId: FRIEND,
  author: 'me',
  at: n,
  body: { kind: 'text', text: String(n) },
  state: 'queued',
});

function say(...numbers: number[]): Promise<unknown> {
  const messages = numbers.map(messageOf);
  delivery.added(FRIEND, messages.map(toWire));
  return store.addOwn(FRIEND, messages, false);
}

it('tries again though the clock was set back by an hour', async () => {
  await delivery.start();
  await say(1);
  await time.settle();
  ahead = -3_600_000;
  await time.advance(8_000);
  expect(sent).toEqual(['1 old', '1 old']);
});

it('brings a letter to a device that became known while it was being sealed', async () => {
  await delivery.start();
  let go = (): void => undefined;
  sealing = new Promise((resolve) => (go = resolve));
  reach = { ...ONLINE, relay: false };
  await say(1);
  await time.settle();
  readers = [old, young];
  delivery.devicesChanged(FRIEND);
  go();
  await time.settle();
  expect(sent.toSorted()).toEqual(['1 old', '1 young']);
});

it('sends what is added while the outbox is being read', async () => {
  await say(1);
  await time.settle();
  reach = { ...ONLINE, relay: false };
  const started = delivery.start();
  for (let turns = 0; turns < 6; turns += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    void say(2 + turns);
  }
  await started;
  await time.settle();
  expect([...new Set(sent)].toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => `${n} old`));
});

it('reads the outbox again after the browser refused to', async () => {
  // By another tab, before this one led.
  await store.addOwn(FRIEND, [messageOf(1)], false);
  reach = { ...ONLINE, relay: false };
  const outbox = vi.spyOn(store, 'outbox').mockRejectedValueOnce(new DOMException('', 'AbortError'));
  await delivery.start();
  await time.settle();
  expect([outbox.mock.calls.length, sent, reported]).toEqual([1, [], ['delivering']]);
  delivery.friendCame(FRIEND);
  await time.settle();
  expect(sent).toEqual(['1 old']);
});

it('goes on after a message that was deleted on another device before it was through', async () => {
  await say(1, 2);
  const [one] = await store.page(FRIEND, {}, 1);
  await store.addReceived(
    FRIEND,
    'me',
    [],
    [{ type: 'delete', id: '7'.padEnd(26, '0'), target: String(1).padStart(26, '0') }],
  );
  expect(one).toBeDefined();
  reach = { ...ONLINE, relay: false };
  await delivery.start();
  await time.settle();
  expect(sent).toContain('2 old');
  expect(await store.outboxConversations()).toEqual([]);
});

it('gives up all that waits for somebody who is no friend any more', async () => {
  reach = { ...ONLINE, relay: false, mailbox: false };
  await delivery.start();
  await say(1, 2);
  await time.settle();
  await delivery.giveUp(FRIEND, { code: 'forbidden' });
  expect(failed).toHaveLength(2);
  expect(await store.outboxConversations()).toEqual([]);
});
