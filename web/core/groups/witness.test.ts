/** A server that shows one member of a group another log than it shows the others, who hand nothing on. */
import { beforeEach, describe, expect, it } from 'vitest';
import { digest } from '../../../tests/fakes/group-server.ts';
import type { FakeGroupServer } from '../../../tests/fakes/group-server.ts';
import { ANN, BEN, CAT, createGroupWorld, EVE } from '../../../tests/fakes/group-world.ts';
import type { GroupWorld, Member } from '../../../tests/fakes/group-world.ts';
import { newRecord } from './record.ts';
import type { GroupRecord } from './record.ts';
import { compare } from './witness.ts';

let world: GroupWorld;
let server: FakeGroupServer;
let ann: Member;
let ben: Member;
beforeEach(() => {
  world = createGroupWorld();
  ({ server } = world);
  world.lose = (content) => (content as { type: string }).type === 'group-log';
  ann = world.join(ANN, 'ann1');
  ben = world.join(BEN, 'ben1');
});

const doubt = (person: Member, id: string) => person.groups.get(id)?.doubt;
/** While time goes on. */
const inTime = (look: () => unknown) => world.inTime(look);
/** Ben gets something that a device of this person wrote. */
const writes = (from: Member, id: string, knows = from.hub.position(id)!) =>
  ben.hub.heard(id, from.id, knows);

async function founded(): Promise<string> {
  const id = await world.founded(BEN, CAT);
  await inTime(() => ben.groups.get(id)?.name).toBe('Walks 散步');
  return id;
}
/** From now on Ben is shown no more of the log than there is now. */
const freeze = (id: string) => server.lies.set(BEN, [...server.groups.get(id)!.entries]);
const remove = (id: string, memberId: string) => ann.hub.perform({ act: 'remove', groupId: id, memberId });

describe('a removal that the server withholds from one member', () => {
  it('is noticed with the next word of anybody who knows it, and stops sending', async () => {
    const id = await founded();
    freeze(id);
    await remove(id, CAT);
    expect(ben.hub.members(id)).toContain(CAT);
    ben.moved.length = 0;
    writes(ann, id);
    await inTime(() => doubt(ben, id)).toEqual({ memberId: ANN, kind: 'withheld' });
    expect(ben.hub.isStopped(id)).toBe(true);
    expect(ben.moved).toContain(id);
    // Also after a restart.
    const again = world.join(BEN, 'ben1', ben.stored);
    await again.hub.ready;
    expect(again.hub.isStopped(id)).toBe(true);
  });

  it('is over when the server hands it out', async () => {
    const id = await founded();
    freeze(id);
    await remove(id, CAT);
    writes(ann, id);
    await inTime(() => ben.hub.isStopped(id)).toBe(true);
    server.lies.clear();
    ben.moved.length = 0;
    expect(await ben.hub.perform({ act: 'recheck', groupId: id })).toMatchObject({ ok: true });
    await inTime(() => doubt(ben, id)).toBeNull();
    expect(ben.hub.members(id)).toEqual([ANN, BEN]);
    expect(ben.moved).toContain(id);
  });

  it('is withheld, too, by a server that does not answer for long', async () => {
    const id = await founded();
    server.down = true;
    writes(ann, id, { revision: 2, head: 'x'.repeat(43) });
    await world.time.advance(30_000);
    expect(ben.hub.isStopped(id)).toBe(false);
    await inTime(() => doubt(ben, id)).toEqual({ memberId: ANN, kind: 'withheld' });
  });

  it('a log that is only late is nobody’s fault', async () => {
    const id = await founded();
    server.onChange = () => undefined;
    await remove(id, CAT);
    expect(ben.hub.members(id)).toContain(CAT);
    writes(ann, id);
    await inTime(() => ben.hub.members(id)).toEqual([ANN, BEN]);
    expect(doubt(ben, id)).toBeNull();
  });
});

describe('a log that is forked', () => {
  /** Ann's device speaks as of the removal. */
  const saysRemoval = (id: string) =>
    writes(ann, id, { revision: 2, head: digest(server.groups.get(id)!.entries[1]!.body) });

  /** Ben is shown another second change, which Ann signed as well, than everybody else. */
  async function forked(): Promise<string> {
    const id = await founded();
    const other = world.forged(id, ANN, { kind: 'role', memberId: BEN, role: 'admin' });
    server.lies.set(BEN, [...server.groups.get(id)!.entries, { ...other, at: 0 }]);
    await remove(id, CAT);
    await inTime(() => ben.groups.get(id)?.myRole).toBe('admin');
    saysRemoval(id);
    await inTime(() => doubt(ben, id)).toEqual({ memberId: ANN, kind: 'forked' });
    return id;
  }

  it('is noticed, and stays until the person decides', async () => {
    const id = await forked();
    await ben.hub.perform({ act: 'recheck', groupId: id });
    expect(ben.hub.isStopped(id)).toBe(true);
    await ben.hub.perform({ act: 'overrule', groupId: id });
    expect(doubt(ben, id)).toBeNull();
    saysRemoval(id);
    await world.time.advance(10_000);
    expect(ben.hub.isStopped(id)).toBe(false);
  });

  it('counts again, once that member agreed in between', async () => {
    const id = await forked();
    await ben.hub.perform({ act: 'overrule', groupId: id });
    writes(ann, id, ben.hub.position(id)!);
    await inTime(() => ben.stored.get(id)?.overruled).toEqual([]);
    saysRemoval(id);
    await inTime(() => ben.hub.isStopped(id)).toBe(true);
  });
});

describe('one member’s word', () => {
  it('counts only of members, and ends with their membership', async () => {
    const id = await founded();
    const lie = { revision: 7, head: 'x'.repeat(43) };
    ben.hub.heard(id, EVE, lie);
    await world.time.advance(10_000);
    expect(ben.hub.isStopped(id)).toBe(false);
    ben.hub.heard(id, CAT, lie);
    await inTime(() => doubt(ben, id)).toEqual({ memberId: CAT, kind: 'withheld' });
    await remove(id, CAT);
    await inTime(() => doubt(ben, id)).toBeNull();
  });

  it('is compared with what was known at that change', () => {
    const head = 'c'.repeat(43);
    const state = { revision: 3, head } as GroupRecord['state'];
    const record = { ...newRecord('g'), state, heads: ['b'.repeat(43), head] };
    expect(compare(record, { revision: 4, head })).toBe('ahead');
    expect(compare(record, { revision: 3, head })).toBe('same');
    expect(compare(record, { revision: 2, head: 'b'.repeat(43) })).toBe('same');
    expect(compare(record, { revision: 2, head })).toBe('forked');
    expect(compare(record, { revision: 1, head })).toBe('unknown');
    // As an earlier version stored it.
    expect(compare({ ...record, heads: [] }, { revision: 3, head })).toBe('same');
  });
});
