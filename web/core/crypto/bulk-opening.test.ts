import { IDBFactory } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { afterEach, expect, it, vi } from 'vitest';
import type { FakeDevice, KeyWorld } from '../../../tests/fakes/key-world.ts';
import { createKeyWorld, roomOf } from '../../../tests/fakes/key-world.ts';
import { packMessage, unpackMessage } from './sealed.ts';

vi.setConfig({ testTimeout: 120_000 });

const worlds: KeyWorld[] = [];
afterEach(() => worlds.splice(0).forEach((made) => made.end()));

/** As many as a page of mail has, more or less. */
const MANY = 120;

async function two() {
  globalThis.indexedDB = new IDBFactory();
  const world = createKeyWorld();
  worlds.push(world);
  const anna = await world.register('anna', 'anna-phone');
  const ben = await world.register('ben', 'ben-laptop');
  return { world, anna, ben };
}

async function sealed(from: FakeDevice, to: FakeDevice, count: number): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for (let n = 0; n < count; n++) {
    const result = await from.engine.seal(roomOf(from.userId, to.userId), { n });
    if (!result.ok) throw new Error(result.failure.why);
    all.push(result.value.bytes);
  }
  return all;
}

const openAll = (
  at: FakeDevice,
  from: FakeDevice,
  all: readonly Uint8Array[],
  room = roomOf(at.userId, from.userId),
) => Promise.all(all.map((bytes) => at.engine.open(room.id, from, bytes)));

const contents = (opened: Awaited<ReturnType<typeof openAll>>) =>
  opened.map((each) => (each.ok ? each.content : each.why));
const numbers = (count: number) => Array.from({ length: count }, (_none, n) => ({ n }));
/** How many the reader opened. */
const byReader = ({ readers }: KeyWorld) =>
  readers.answered
    .flatMap((reply) => (reply.did === 'open' ? reply.opened : []))
    .filter((text) => text !== null).length;

it('opens many at once beside the page, but for the first of each session, and knows repeats', async () => {
  const { world, anna, ben } = await two();
  const all = await sealed(anna, ben, MANY);
  await ben.fetch();
  expect(contents(await openAll(ben, anna, all))).toEqual(numbers(MANY));
  // Sessions end after a hundred.
  expect(byReader(world)).toBe(MANY - 2);
  const again = await openAll(ben, anna, all);
  expect(again.every((each) => each.ok && !each.repeat)).toBe(true);
  await ben.engine.settle(again.flatMap((each) => (each.ok ? [each.place] : [])));
  const third = await openAll(ben, anna, all);
  expect(contents(third)).toEqual(numbers(MANY));
  expect(third.every((each) => each.ok && each.repeat)).toBe(true);
  expect(byReader(world)).toBe(3 * MANY - 2);
});

it('leaves a few at once to the engine', async () => {
  const { world, anna, ben } = await two();
  const all = await sealed(anna, ben, 30);
  await ben.fetch();
  expect(contents(await openAll(ben, anna, all))).toEqual(numbers(30));
  expect(world.readers.asked).toEqual([]);
});

it('believes nobody else who claims a session, nor another room', async () => {
  const { world, anna, ben } = await two();
  const mallory = await world.register('mallory', 'mallory-pc');
  await sealed(mallory, ben, 1);
  const all = await sealed(anna, ben, MANY);
  await ben.fetch();
  await openAll(ben, anna, all);
  const before = byReader(world);
  expect(before).toBeGreaterThan(0);
  // The reader has the keys by now, and would open all of these.
  const claimed = await openAll(ben, mallory, all, roomOf(ben.userId, anna.userId));
  expect(new Set(contents(claimed))).toEqual(new Set(['forged']));
  const elsewhere = await openAll(ben, anna, all, roomOf(ben.userId, mallory.userId));
  expect(new Set(contents(elsewhere))).toEqual(new Set(['no-key']));
  const otherDevice = { ...anna, deviceId: mallory.deviceId };
  expect(new Set(contents(await openAll(ben, otherDevice, all)))).toEqual(new Set(['forged']));
  expect(byReader(world)).toBe(before);
});

it('takes nothing altered, and no message of one session for one of another', async () => {
  const { world, anna, ben } = await two();
  const all = await sealed(anna, ben, MANY);
  await ben.fetch();
  const altered = all.map((bytes, at) =>
    at % 2 === 0 ? bytes : bytes.with(bytes.length - 1, bytes.at(-1)! ^ 1),
  );
  const opened = contents(await openAll(ben, anna, altered));
  expect(opened).toEqual(numbers(MANY).map((content, at) => (at % 2 === 0 ? content : 'forged')));
  const [first, last] = [unpackMessage(all[0]!), unpackMessage(all.at(-1)!)];
  if (typeof first === 'string' || typeof last === 'string') throw new Error('not sealed');
  expect(first.sessionId).not.toBe(last.sessionId);
  const exchanged = all.map(() => packMessage(last.sessionId, first.ciphertext)!);
  expect(new Set(contents(await openAll(ben, anna, exchanged)))).toEqual(new Set(['forged']));
  expect(byReader(world)).toBeGreaterThan(0);
});

it('begins with what waits for its keys once those are there', async () => {
  const { world, anna, ben } = await two();
  const all = await sealed(anna, ben, MANY);
  // The room keys have not come.
  expect(new Set(contents(await openAll(ben, anna, all)))).toEqual(new Set(['no-key']));
  expect(world.readers.asked).toEqual([]);
  await ben.fetch();
  expect(contents(await openAll(ben, anna, all))).toEqual(numbers(MANY));
  expect(byReader(world)).toBe(MANY - 2);
});

it('hands on keys that come while the reader is at work once for all, and believes none of them for that', async () => {
  const { world, anna, ben } = await two();
  const all = await sealed(anna, ben, 3 * MANY);
  const events = world.boxOf(ben.deviceId).splice(0);
  // Each session has its key in an event.
  expect(events).toHaveLength(4);
  await ben.engine.takeEvents(events.splice(0, 2));
  await openAll(ben, anna, all.slice(0, MANY));
  const learned = () => world.readers.asked.filter((request) => request.do === 'learn').length;
  expect(learned()).toBe(1);
  await ben.engine.takeEvents(events);
  expect(contents(await openAll(ben, anna, all.slice(2 * MANY)))).toEqual(numbers(3 * MANY).slice(2 * MANY));
  expect(contents(await openAll(ben, anna, all))).toEqual(numbers(3 * MANY));
  expect(learned()).toBe(2);
  // The engine opened the first message of each session.
  expect(byReader(world)).toBe(5 * MANY - 4);
});

it('asks the engine again when keys of anybody changed', async () => {
  const { world, anna, ben } = await two();
  const all = await sealed(anna, ben, MANY);
  await ben.fetch();
  await openAll(ben, anna, all);
  expect(byReader(world)).toBe(MANY - 2);
  world.removeDevice(anna.deviceId);
  await ben.announce();
  await ben.engine.devicesOf(anna.userId);
  // What it sealed before it was removed is still its own word, as the engine says.
  expect(contents(await openAll(ben, anna, all))).toEqual(numbers(MANY));
  expect(byReader(world)).toBe(2 * (MANY - 2));
});

it('opens nothing of somebody whose identity changed while the reader was at it', async () => {
  const { world, anna, ben } = await two();
  const all = await sealed(anna, ben, MANY);
  await ben.fetch();
  const opening = openAll(ben, anna, all);
  const impostor = await world.signIn('anna', 'anna-other');
  await impostor.engine.identity.create();
  await ben.announce();
  await ben.engine.devicesOf(anna.userId);
  await opening;
  expect(new Set(contents(await openAll(ben, anna, all)))).toEqual(new Set(['identity-changed']));
});

it.each([
  ['says that it fails', () => ({ did: 'fail', message: 'out of memory' }) as const],
  ['says nothing', () => null],
])('has the engine open all if the reader %s', async (_name, answer) => {
  const { world, anna, ben } = await two();
  const all = await sealed(anna, ben, MANY);
  await ben.fetch();
  world.readers.answer = answer;
  const opening = openAll(ben, anna, all);
  await vi.waitFor(() => expect(world.readers.answered.length).toBeGreaterThan(0), { timeout: 60_000 });
  await world.time.advance(30_000);
  expect(contents(await opening)).toEqual(numbers(MANY));
  expect(world.readers.ended).toBe(1);
  expect(world.reported).toEqual(['opening many messages']);
  // It is not begun again.
  const asked = world.readers.asked.length;
  expect(contents(await openAll(ben, anna, all))).toEqual(numbers(MANY));
  expect(world.readers.asked).toHaveLength(asked);
});

it('lets the reader go when it has nothing more to do', async () => {
  const { world, anna, ben } = await two();
  const all = await sealed(anna, ben, MANY);
  await ben.fetch();
  await openAll(ben, anna, all);
  expect(world.readers.ended).toBe(0);
  await world.time.advance(10_000);
  expect(world.readers.ended).toBe(1);
  // And begins another one.
  expect(contents(await openAll(ben, anna, all))).toEqual(numbers(MANY));
  expect(byReader(world)).toBe(2 * (MANY - 1));
});
