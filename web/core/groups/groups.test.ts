import { beforeEach, describe, expect, it } from 'vitest';
import { digest } from '../../../tests/fakes/group-server.ts';
import type { FakeGroupServer } from '../../../tests/fakes/group-server.ts';
import { ANN, BEN, CAT, createGroupWorld, EVE, WALKS } from '../../../tests/fakes/group-world.ts';
import type { GroupWorld, Member } from '../../../tests/fakes/group-world.ts';
import type { FakeTime } from '../../../tests/fakes/time.ts';

const idOf = (name: string) => name.padEnd(22, '0');

let world: GroupWorld;
let time: FakeTime;
let server: FakeGroupServer;
let people: GroupWorld['people'];
let changed: Set<string>;
let letters: GroupWorld['letters'];
let join: GroupWorld['join'];
let founded: GroupWorld['founded'];
let forged: GroupWorld['forged'];
let ann: Member;
let ben: Member;
let cat: Member;
beforeEach(() => {
  world = createGroupWorld();
  ({ time, server, people, changed, letters, join, founded, forged } = world);
  ann = join(ANN, 'ann1');
  ben = join(BEN, 'ben1');
  cat = join(CAT, 'cat1');
});

const seen = (person: Member, id: string) => person.groups.get(id);
const roles = (person: Member, id: string) =>
  seen(person, id)?.members.map((member) => `${member.displayName} ${member.role}`);
const eventually = (look: () => unknown) => expect.poll(look, { timeout: 20_000 });
/** As `eventually`, while time goes on. */
const inTime = (look: () => unknown) => world.inTime(look, 5_000);
const done = { ok: true, value: null };

describe('a group', () => {
  it('is founded, and its members see its name, roles and history', async () => {
    const id = await founded(BEN, CAT);
    await eventually(() => seen(ben, id)?.name).toBe('Walks 散步');
    expect(seen(ben, id)).toMatchObject({ topic: 'Sundays', myRole: 'member', public: false });
    expect(roles(ben, id)).toEqual(['Ann owner', 'Ben member', 'Cat member']);
    expect(ben.added).toEqual([id]);
    expect(ann.added).toEqual([]);
    expect(ann.entries).toMatchObject([{ groupId: id, authorId: ANN, event: { kind: 'created' } }]);
    // The server has no word of what it is called.
    expect(JSON.stringify([...server.groups.values()])).not.toContain('Walks');
  });

  it('who is added sees it from then on, and who is removed not any more', async () => {
    const id = await founded(BEN);
    expect(await ann.hub.perform({ act: 'add', groupId: id, memberIds: [CAT] })).toEqual(done);
    await eventually(() => seen(cat, id)?.name).toBe('Walks 散步');
    // Not what was before.
    expect(cat.entries.map(({ event }) => event.kind)).toEqual(['added']);
    expect(ann.hub.members(id)).toEqual([ANN, BEN, CAT]);
    const before = time.clock.now();
    await time.advance(60_000);
    await ann.hub.perform({ act: 'remove', groupId: id, memberId: CAT });
    await eventually(() => seen(cat, id)?.myRole).toBeNull();
    expect(cat.hub.members(id)).toBeNull();
    await eventually(() => ben.hub.members(id)).toEqual([ANN, BEN]);
    // What was written before counts, what is written after does not.
    expect(await ben.hub.wasMember(id, CAT, before)).toBe('yes');
    expect(await ben.hub.wasMember(id, CAT, time.clock.now())).toBe('no');
    expect(await ben.hub.wasMember(id, CAT, null)).toBe('no');
    // What is in the mailbox does not come again, and they may have been let in since the server was asked.
    expect(await ben.hub.wasMember(id, CAT, time.clock.now())).toBe('later');
    await time.advance(11_000);
    expect(ben.checked).toBe(1);
    expect(await ben.hub.wasMember(id, CAT, time.clock.now())).toBe('no');
    await time.advance(11_000);
    expect(await ben.hub.wasMember(id, EVE, before)).toBe('no');
  });

  it('is read again when the server could not answer, or an author was not to be believed, just then', async () => {
    const id = await founded(BEN);
    await eventually(() => seen(ben, id)?.name).toBe('Walks 散步');
    world.changed.add(ANN);
    await ann.hub.perform({ act: 'add', groupId: id, memberIds: [CAT] });
    await eventually(() => cat.hub.members(id)).toEqual([ANN, BEN, CAT]);
    expect(ben.hub.members(id)).toEqual([ANN, BEN]);
    server.down = true;
    await time.advance(5_000);
    world.changed.delete(ANN);
    server.down = false;
    await inTime(() => ben.hub.members(id)).toEqual([ANN, BEN, CAT]);
  });

  it('roles allow what they should, and leaving hands on', async () => {
    const id = await founded(BEN, CAT);
    await eventually(() => seen(ben, id)?.name).toBe('Walks 散步');
    const refused = { ok: false, failure: { code: 'forbidden' } };
    expect(await ben.hub.perform({ act: 'remove', groupId: id, memberId: CAT })).toEqual(refused);
    expect(await ben.hub.perform({ act: 'dissolve', groupId: id })).toEqual(refused);
    await ann.hub.perform({ act: 'role', groupId: id, memberId: BEN, role: 'admin' });
    await eventually(() => seen(ben, id)?.myRole).toBe('admin');
    const info = { ...WALKS, name: 'Long walks' };
    expect(await ben.hub.perform({ act: 'info', groupId: id, info })).toEqual(done);
    await eventually(() => seen(cat, id)?.name).toBe('Long walks');
    await ann.hub.perform({ act: 'leave', groupId: id });
    await eventually(() => roles(cat, id)).toEqual(['Ben owner', 'Cat member']);
    await ben.hub.perform({ act: 'dissolve', groupId: id });
    await eventually(() => seen(cat, id)?.myRole).toBeNull();
  });

  it.each(['\u200b', 'Walks\u202e', 'Walks\u2069', 'two\nlines'])('is not called %j', async (name) => {
    const refused = { ok: false, failure: { code: 'bad-request' } };
    expect(await ann.hub.perform({ act: 'create', info: { ...WALKS, name }, memberIds: [] })).toMatchObject(
      refused,
    );
  });

  it('two who change it at once both get their way', async () => {
    const id = await founded(BEN, CAT);
    await eventually(() => seen(ben, id)?.name).toBe('Walks 散步');
    await ann.hub.perform({ act: 'role', groupId: id, memberId: BEN, role: 'admin' });
    await eventually(() => seen(ben, id)?.myRole).toBe('admin');
    const rename = () => ann.hub.perform({ act: 'info', groupId: id, info: { ...WALKS, name: 'A' } });
    const [one, two] = await Promise.all([
      rename(),
      ben.hub.perform({ act: 'remove', groupId: id, memberId: CAT }),
    ]);
    expect(two).toEqual(done);
    // As long as the secret that Cat does not know is on its way to Ann, she is told that it cannot be done now.
    expect([done, { ok: false, failure: { code: 'unavailable' } }]).toContainEqual(one);
    if (!one.ok) await eventually(rename).toEqual(done);
    await eventually(() => ann.hub.members(id)).toEqual([ANN, BEN]);
    await eventually(() => seen(ben, id)?.name).toBe('A');
  });

  it('is muted on all devices of one person', async () => {
    const id = await founded(BEN);
    const other = join(BEN, 'ben2');
    other.hub.welcome([{ id, revision: 1 }]);
    await eventually(() => seen(other, id)?.myRole).toBe('member');
    await eventually(() => seen(ben, id)?.name).toBe('Walks 散步');
    await ben.hub.perform({ act: 'mute', groupId: id, muted: true });
    await eventually(() => seen(other, id)?.muted).toBe(true);
    expect(seen(ann, id)?.muted).toBe(false);
  });

  it('somebody whose account is gone is recorded as such', async () => {
    const id = await founded(BEN, CAT);
    await eventually(() => seen(ben, id)?.name).toBe('Walks 散步');
    server.people.delete(CAT);
    people.delete('cat1');
    ann.hub.welcome([{ id, revision: 1, missing: true }]);
    await eventually(() => ben.hub.members(id)).toEqual([ANN, BEN]);
  });
});

describe('an invite link', () => {
  it('lets in who holds it, with the name in it, until it is closed', async () => {
    const id = await founded(BEN);
    const opened = await ann.hub.perform({ act: 'open-link', groupId: id });
    if (!opened.ok || opened.value === null) throw new Error('no link');
    const code = opened.value;
    expect(seen(ann, id)?.link).toBe(code);
    expect(seen(ben, id)?.link).toBeNull();
    const looked = await cat.hub.perform({ act: 'look-link', code });
    expect(looked.ok && JSON.parse(looked.value!)).toEqual({ ...WALKS, memberCount: 2 });
    expect(await cat.hub.perform({ act: 'join-link', code })).toEqual({ ok: true, value: id });
    expect(seen(cat, id)).toMatchObject({ name: 'Walks 散步', myRole: 'member' });
    await eventually(() => ben.hub.members(id)).toEqual([ANN, BEN, CAT]);
    await ann.hub.perform({ act: 'close-link', groupId: id });
    const late = join(EVE, 'eve1');
    expect((await late.hub.perform({ act: 'join-link', code })).ok).toBe(false);
  });

  it.each([
    '',
    'x',
    'a.b.c.1.d',
    `${'a'.repeat(22)}.${'b'.repeat(43)}.${'c'.repeat(43)}.0.${'d'.repeat(43)}`,
  ])('is not %j', async (code) => {
    expect(await cat.hub.perform({ act: 'join-link', code })).toEqual({
      ok: false,
      failure: { code: 'link-malformed' },
    });
  });

  it('a proof made for somebody else, or by another key, lets nobody in', async () => {
    const id = await founded(BEN);
    await eventually(() => seen(ben, id)?.name).toBe('Walks 散步');
    const opened = await ann.hub.perform({ act: 'open-link', groupId: id });
    expect(opened.ok).toBe(true);
    await eventually(() => ben.stored.get(id)?.state?.revision).toBe(2);
    const { link } = server.groups.get(id)!.state;
    const by = { link: link!, proof: 'A'.repeat(86) };
    const { body, signature } = forged(id, EVE, { kind: 'join', by });
    server.inject(id, body, signature);
    ben.hub.changed({ id, revision: 3 });
    expect(await ben.hub.wasMember(id, EVE, null)).toBe('later');
    expect(ben.hub.members(id)).toEqual([ANN, BEN]);
  });
});

describe('a secret that did not come', () => {
  it('is asked for, and only members are answered', async () => {
    world.lose = (content) => (content as { type: string }).type === 'group-secret';
    const id = await founded(BEN);
    await eventually(() => seen(ben, id)?.myRole).toBe('member');
    expect(seen(ben, id)?.name).toBe('');
    world.lose = () => false;
    await inTime(() => seen(ben, id)?.name).toBe('Walks 散步');
    letters.length = 0;
    await ann.hub.told({ userId: EVE, deviceId: idOf('eve1') }, { type: 'group-ask', group: id });
    await time.advance(6_000);
    expect(letters).toEqual([]);
  });

  it('a wrong one is found out and asked for again', async () => {
    world.lose = (content) => (content as { type: string }).type === 'group-secret';
    const id = await founded(BEN);
    await eventually(() => seen(ben, id)?.myRole).toBe('member');
    world.lose = () => false;
    const wrong = { type: 'group-secret', group: id, secret: 'A'.repeat(43), link: null };
    await ben.hub.told(
      { userId: CAT, deviceId: idOf('cat1') },
      { ...wrong, revision: 1, head: server.groups.get(id)!.state.head },
    );
    await inTime(() => seen(ben, id)?.name).toBe('Walks 散步');
  });
});

describe('a public room', () => {
  it('is found by name and joined by anybody', async () => {
    const opened = await ann.hub.perform({ act: 'open-room', name: 'gardeners', topic: 'Soil' });
    const list = async (part: string) => {
      const found = await cat.hub.perform({ act: 'list-rooms', part });
      return found.ok ? (JSON.parse(found.value!) as unknown) : found;
    };
    expect(await list('den')).toMatchObject({ rooms: [{ topic: 'Soil', memberCount: 1 }], more: false });
    expect(await list('x')).toMatchObject({ rooms: [] });
    expect(await cat.hub.perform({ act: 'join-room', name: 'gardeners' })).toEqual(opened);
    const id = opened.ok ? opened.value! : '';
    expect(seen(cat, id)).toMatchObject({ name: 'gardeners', topic: 'Soil', public: true });
    expect(await cat.hub.perform({ act: 'join-room', name: 'nowhere' })).toMatchObject({ ok: false });
  });
});

describe('a malicious server', () => {
  it.each([
    [
      'that nobody signed',
      (id: string) => ({ ...forged(id, ANN, { kind: 'add', memberIds: [EVE] }), signature: 'A'.repeat(86) }),
    ],
    [
      'signed by another key in the owner’s name',
      (id: string) => forged(id, ANN, { kind: 'add', memberIds: [EVE] }, EVE),
    ],
    ['of somebody who may not', (id: string) => forged(id, BEN, { kind: 'add', memberIds: [EVE] })],
    ['of a stranger', (id: string) => forged(id, EVE, { kind: 'join', by: null })],
    [
      'of one who is called gone and is there',
      (id: string) => forged(id, BEN, { kind: 'gone', memberIds: [CAT] }),
    ],
  ])('puts in a change %s: it counts for nothing', async (_name, make) => {
    const id = await founded(BEN, CAT);
    await eventually(() => seen(cat, id)?.name).toBe('Walks 散步');
    const { body, signature } = make(id);
    server.inject(id, body, signature);
    for (const person of [ann, ben, cat]) {
      person.hub.changed({ id, revision: 2 });
      // Asks the server, too.
      expect(await person.hub.wasMember(id, EVE, null)).toBe('later');
      expect(person.hub.members(id)).toEqual([ANN, BEN, CAT]);
    }
  });

  it('leaves out a change: what follows it counts for nothing', async () => {
    const id = await founded(BEN, CAT);
    await eventually(() => seen(cat, id)?.name).toBe('Walks 散步');
    people.delete('cat1');
    await ann.hub.perform({ act: 'remove', groupId: id, memberId: BEN });
    await ann.hub.perform({ act: 'add', groupId: id, memberIds: [EVE] });
    server.groups.get(id)!.entries.splice(1, 1);
    cat.hub.changed({ id, revision: 3 });
    expect(await cat.hub.wasMember(id, EVE, null)).toBe('later');
    expect(cat.hub.members(id)).toEqual([ANN, BEN, CAT]);
  });

  it('passes one group’s name off as another’s: it is not taken', async () => {
    const id = await founded(BEN);
    const other = await ann.hub.perform({
      act: 'create',
      info: { ...WALKS, name: 'Other' },
      memberIds: [BEN],
    });
    await eventually(() => seen(ben, id)?.name).toBe('Walks 散步');
    const stored = server.groups.get(id)!;
    stored.info = server.groups.get(other.ok ? other.value! : '')!.info;
    expect(digest(stored.info!)).not.toBe(stored.state.info);
    ben.hub.changed({ id, revision: 1 });
    await time.advance(1_000);
    expect(seen(ben, id)?.name).toBe('Walks 散步');
  });
});

describe('an author whose identity changed', () => {
  it('is not believed until the person decides', async () => {
    const id = await founded(BEN);
    await eventually(() => seen(ben, id)?.name).toBe('Walks 散步');
    changed.add(ANN);
    await ann.hub.perform({ act: 'add', groupId: id, memberIds: [CAT] });
    expect(await ben.hub.wasMember(id, CAT, null)).toBe('later');
    changed.delete(ANN);
    ben.hub.trustChanged();
    await eventually(() => ben.hub.members(id)).toEqual([ANN, BEN, CAT]);
  });
});

describe('a new device', () => {
  it('believes what an earlier identity signed when it is vouched for', async () => {
    const id = await founded(BEN);
    await eventually(() => seen(ben, id)?.name).toBe('Walks 散步');
    // Ann's key is not that of the first change any more, as the directory tells it.
    changed.add(ANN);
    const other = join(BEN, 'ben2');
    other.hub.welcome([{ id, revision: 1 }]);
    expect(await other.hub.wasMember(id, ANN, null)).toBe('later');
    expect(seen(other, id)).toBeUndefined();
    await inTime(() => seen(other, id)?.name).toBe('Walks 散步');
  });
});
