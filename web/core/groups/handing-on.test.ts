/** What a server withholds from one member of a group, another member hands on. */
import { beforeEach, describe, expect, it } from 'vitest';
import { digest } from '../../../tests/fakes/group-server.ts';
import type { FakeGroupServer } from '../../../tests/fakes/group-server.ts';
import { ANN, BEN, CAT, createGroupWorld, EVE } from '../../../tests/fakes/group-world.ts';
import type { GroupWorld, Member } from '../../../tests/fakes/group-world.ts';
import { changesAfter, inLetters } from './handing-on.ts';
import { newRecord, tailOf, TAIL_MAX } from './record.ts';
import type { GroupRecord } from './record.ts';

let world: GroupWorld;
let server: FakeGroupServer;
let ann: Member;
let ben: Member;
let cat: Member;
let id: string;
beforeEach(async () => {
  world = createGroupWorld();
  ({ server } = world);
  ann = world.join(ANN, 'ann1');
  ben = world.join(BEN, 'ben1');
  cat = world.join(CAT, 'cat1');
  id = await world.founded(BEN, CAT);
  await inTime(() => [ben, cat].map(({ groups }) => groups.get(id)?.name)).toEqual([
    'Walks 散步',
    'Walks 散步',
  ]);
});

const inTime = (look: () => unknown) => world.inTime(look);
const isOf = (type: string) => (content: unknown) => (content as { type: string }).type === type;
const handed = () => world.letters.filter(({ content }) => isOf('group-log')(content));
const doubt = () => ben.groups.get(id)?.doubt ?? null;
/** From now on Ben is shown no more of the log than there is now. */
const freeze = () => server.lies.set(BEN, [...server.groups.get(id)!.entries]);
const remove = (memberId: string) => ann.hub.perform({ act: 'remove', groupId: id, memberId });
const setRole = (role: 'admin' | 'member') =>
  ann.hub.perform({ act: 'role', groupId: id, memberId: CAT, role });
/** Ben gets something that a device of this person wrote. */
const writes = (from: Member, knows = from.hub.position(id)!) => ben.hub.heard(id, from.id, knows);
const addressOf = (person: Member) => ({ userId: person.id, deviceId: 'd'.repeat(22) });
const asks = (after = 1) => ({ type: 'group-log-ask', group: id, after });

it('a removal that is withheld comes from whoever speaks, and sending goes on without the removed', async () => {
  freeze();
  await remove(CAT);
  ben.moved.length = 0;
  writes(ann);
  await inTime(() => ben.hub.members(id)).toEqual([ANN, BEN]);
  expect(ben.hub.position(id)).toEqual(ann.hub.position(id));
  expect(ben.moved).toContain(id);
  expect(ben.entries.at(-1)).toMatchObject({ authorId: ANN, event: { kind: 'removed', memberIds: [CAT] } });
  await inTime(doubt).toBeNull();
  expect(ben.hub.isStopped(id)).toBe(false);
  // And says so to others from now on.
  const again = world.join(BEN, 'ben1', ben.stored);
  await again.hub.ready;
  expect(again.hub.position(id)).toEqual(ann.hub.position(id));
});

it('many changes come in several letters', async () => {
  freeze();
  for (let n = 0; n < 60; n++) await setRole(n % 2 === 0 ? 'admin' : 'member');
  writes(ann);
  await inTime(() => ben.hub.position(id)).toEqual(ann.hub.position(id));
  expect(handed().length).toBeGreaterThan(1);
  await inTime(doubt).toBeNull();
});

it('is asked for again after a restart, if it did not come', async () => {
  freeze();
  await remove(CAT);
  world.lose = isOf('group-log');
  writes(ann);
  await inTime(doubt).toEqual({ memberId: ANN, kind: 'withheld' });
  world.lose = () => false;
  ben = world.join(BEN, 'ben1', ben.stored);
  await ben.hub.ready;
  expect(ben.hub.isStopped(id)).toBe(true);
  await world.time.advance(30_000);
  ben.hub.welcome([{ id, revision: 1 }]);
  await inTime(() => ben.hub.isStopped(id)).toBe(false);
  expect(ben.hub.members(id)).toEqual([ANN, BEN]);
});

it('a log that is forked and longer shows as forked once its changes are there, and stops', async () => {
  const other = world.forged(id, ANN, { kind: 'role', memberId: BEN, role: 'admin' });
  server.lies.set(BEN, [...server.groups.get(id)!.entries, { ...other, at: 0 }]);
  await setRole('admin');
  await inTime(() => ben.groups.get(id)?.myRole).toBe('admin');
  await remove(CAT);
  const before = ben.hub.position(id);
  writes(ann);
  await inTime(doubt).toEqual({ memberId: ANN, kind: 'forked' });
  expect(ben.hub.isStopped(id)).toBe(true);
  expect(ben.hub.position(id)).toEqual(before);
});

it('nothing goes to whoever is no member, or no member any more', async () => {
  const eve = world.join(EVE, 'eve1');
  await remove(CAT);
  for (const stranger of [eve, cat]) await ann.hub.told(addressOf(stranger), asks());
  await world.time.advance(1_000);
  expect(handed()).toEqual([]);
});

it('one device is answered once in a while', async () => {
  await setRole('admin');
  for (let n = 0; n < 5; n++) await ann.hub.told(addressOf(ben), asks());
  expect(handed()).toHaveLength(1);
  await world.time.advance(20_000);
  await ann.hub.told(addressOf(ben), asks());
  expect(handed()).toHaveLength(2);
});

it('what nobody asked for is not looked at', async () => {
  freeze();
  await remove(CAT);
  const changes = server.groups.get(id)!.entries.slice(1);
  await ben.hub.told(addressOf(ann), { type: 'group-log', group: id, changes });
  await world.time.advance(1_000);
  expect(ben.hub.members(id)).toContain(CAT);
});

it('a member cannot make a change in another’s name, nor say when it was', async () => {
  world.lose = isOf('group-log-ask');
  freeze();
  writes(cat, { revision: 2, head: 'x'.repeat(43) });
  await inTime(doubt).toEqual({ memberId: CAT, kind: 'withheld' });
  const change = { kind: 'remove' as const, memberIds: [BEN] };
  const forged = { ...world.forged(id, ANN, change, CAT), at: 0 };
  const unlike = { ...world.forged(id, ANN, change), signature: forged.signature, at: 0 };
  for (const changes of [[forged], [unlike], [{ ...forged, body: '{' }], [], 'no', [{ ...forged, at: -1 }]])
    await ben.hub.told(addressOf(cat), { type: 'group-log', group: id, changes });
  expect(ben.hub.members(id)).toContain(BEN);
  expect(doubt()).toEqual({ memberId: CAT, kind: 'withheld' });
  // Signed by Ann, it counts whoever hands it on; of the future it is not.
  const signed = world.forged(id, ANN, { kind: 'remove', memberIds: [CAT] });
  await ben.hub.told(addressOf(cat), { type: 'group-log', group: id, changes: [{ ...signed, at: 9e15 }] });
  expect(ben.hub.members(id)).toEqual([ANN, BEN]);
  expect(ben.stored.get(id)?.past[CAT]).toBe(world.time.clock.now());
});

it('is the server’s own, once it shows it, and told once', async () => {
  freeze();
  await remove(CAT);
  writes(ann);
  await inTime(() => ben.hub.members(id)).toEqual([ANN, BEN]);
  expect(ben.stored.get(id)?.handed?.by).toBe(ANN);
  server.lies.clear();
  expect(await ben.hub.perform({ act: 'recheck', groupId: id })).toMatchObject({ ok: true });
  expect(ben.stored.get(id)?.handed).toBeNull();
  expect(ben.hub.position(id)).toEqual(ann.hub.position(id));
  expect(ben.entries.filter(({ event }) => event.kind === 'removed')).toHaveLength(1);
});

describe('a change that a member signed and the server was never given', () => {
  beforeEach(async () => {
    world.lose = isOf('group-log-ask');
    const leaving = world.forged(id, CAT, { kind: 'leave' });
    writes(cat, { revision: 2, head: digest(leaving.body) });
    await inTime(doubt).toEqual({ memberId: CAT, kind: 'withheld' });
    await ben.hub.told(addressOf(cat), { type: 'group-log', group: id, changes: [{ ...leaving, at: 0 }] });
    await inTime(doubt).toBeNull();
    expect(ben.hub.members(id)).toEqual([ANN, BEN]);
  });

  it('gives way to what the server shows in its place, and the person decides', async () => {
    await ann.hub.perform({ act: 'role', groupId: id, memberId: BEN, role: 'admin' });
    await inTime(doubt).toEqual({ memberId: CAT, kind: 'forked' });
    expect(ben.hub.isStopped(id)).toBe(true);
    expect(ben.hub.position(id)).toEqual(ann.hub.position(id));
    await ben.hub.perform({ act: 'overrule', groupId: id });
    expect(ben.hub.isStopped(id)).toBe(false);
    expect(ben.hub.members(id)).toEqual([ANN, BEN, CAT]);
  });

  it('does so after a restart, too', async () => {
    server.onChange = () => undefined;
    await ann.hub.perform({ act: 'role', groupId: id, memberId: BEN, role: 'admin' });
    ben = world.join(BEN, 'ben1', ben.stored);
    await ben.hub.ready;
    ben.hub.welcome([{ id, revision: 2 }]);
    await inTime(doubt).toEqual({ memberId: CAT, kind: 'forked' });
  });

  it('keeps nobody from changing the group', async () => {
    expect(await ben.hub.perform({ act: 'leave', groupId: id })).toMatchObject({ ok: true });
    await inTime(() => ann.hub.members(id)).toEqual([ANN, CAT]);
  });
});

it('keeps and hands on no more than so much', () => {
  const change = (n: number, length = 400) => ({ body: String(n).padEnd(length), signature: 's', at: n });
  const many = Array.from({ length: TAIL_MAX + 9 }, (_, n) => change(n));
  expect(tailOf(many)).toEqual(many.slice(9));
  const long = Array.from({ length: 40 }, (_, n) => change(n, 8_000));
  expect(tailOf(long)).toEqual(long.slice(-16));
  const record = { ...newRecord('g'), state: { revision: 50 } as GroupRecord['state'], tail: long };
  expect(changesAfter(record, 47)).toEqual(long.slice(-3));
  expect(changesAfter(record, 50)).toEqual([]);
  expect(changesAfter(record, 9)).toEqual([]);
  expect(changesAfter(newRecord('g'), 1)).toEqual([]);
  expect(inLetters(long)).toHaveLength(40);
  expect(inLetters(many).flat()).toEqual(many);
  expect(inLetters([])).toEqual([]);
});
