/** The secret of a group from which somebody has gone: those who stay get another, those who are gone do not. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { FakeGroupServer } from '../../../tests/fakes/group-server.ts';
import { ANN, BEN, CAT, createGroupWorld, WALKS } from '../../../tests/fakes/group-world.ts';
import type { GroupWorld, Member } from '../../../tests/fakes/group-world.ts';
import { parseBody } from '../../../signaling/protocol/group-log.ts';
import { openInfo } from './sealed-info.ts';

let world: GroupWorld;
let server: FakeGroupServer;
let ann: Member;
let ben: Member;
let cat: Member;
beforeEach(() => {
  world = createGroupWorld();
  ({ server } = world);
  ann = world.join(ANN, 'ann1');
  ben = world.join(BEN, 'ben1');
  cat = world.join(CAT, 'cat1');
});

/** While time goes on. */
const inTime = (look: () => unknown) => world.inTime(look);
const secretOf = (person: Member, id: string) => person.stored.get(id)?.secret ?? null;
const nameOf = (person: Member, id: string) => person.groups.get(id)?.name;
const kindsOf = (id: string) =>
  server.groups.get(id)!.entries.map(({ body }) => parseBody(body)?.change.kind);
const rename = (person: Member, groupId: string, name: string) =>
  person.hub.perform({ act: 'info', groupId, info: { ...WALKS, name } });

/** With an open link, and Ben as an admin. */
async function founded(): Promise<string> {
  const id = await world.founded(BEN, CAT);
  await ann.hub.perform({ act: 'role', groupId: id, memberId: BEN, role: 'admin' });
  await ann.hub.perform({ act: 'open-link', groupId: id });
  for (const each of [ann, ben, cat]) await inTime(() => nameOf(each, id)).toBe('Walks 散步');
  await inTime(() => ben.groups.get(id)?.link).not.toBeNull();
  return id;
}
/** Whether what the server keeps now opens with this secret. */
const opens = (id: string, secret: string | null) =>
  openInfo(crypto.subtle, secret!, id, server.groups.get(id)!.info!);

describe('after a removal', () => {
  it('everybody who stays has another secret, and the link is taken back', async () => {
    const id = await founded();
    const before = secretOf(cat, id);
    await ann.hub.perform({ act: 'remove', groupId: id, memberId: CAT });
    expect(await opens(id, before)).toBeNull();
    await inTime(() => secretOf(ben, id)).toBe(secretOf(ann, id));
    expect(await opens(id, secretOf(ben, id))).toEqual(WALKS);
    expect(server.groups.get(id)?.state.link).toBeNull();
    expect([ann, ben].map((each) => each.groups.get(id)?.link)).toEqual([null, null]);
    // Neither what it is called later; nobody told them either.
    await rename(ben, id, 'Without Cat');
    await inTime(() => nameOf(ann, id)).toBe('Without Cat');
    expect(await opens(id, before)).toBeNull();
    const told = world.letters.filter(({ to }) => to === CAT).map(({ content }) => JSON.stringify(content));
    expect(told.filter((text) => text.includes(secretOf(ann, id)!))).toEqual([]);
    // It is no event of the group's history.
    expect(ben.entries.map(({ event }) => event.kind)).not.toContain('reseal');
    expect(kindsOf(id).filter((kind) => kind === 'reseal')).toHaveLength(1);
  });

  it('who was not told asks', async () => {
    const id = await founded();
    world.lose = () => true;
    await ann.hub.perform({ act: 'remove', groupId: id, memberId: CAT });
    await inTime(() => secretOf(ben, id)).toBeNull();
    expect(nameOf(ben, id)).toBe('Walks 散步');
    world.lose = () => false;
    await inTime(() => secretOf(ben, id)).toBe(secretOf(ann, id));
  });

  it('a page that stopped before it knew that it was done goes on with the same secret', async () => {
    const id = await founded();
    const take = server.take;
    // The answer to the new secret is lost, and the page with it.
    server.take = (groupId, change) => {
      const taken = take(groupId, change);
      if (parseBody(change.body)?.change.kind === 'reseal') server.down = true;
      return taken;
    };
    world.lose = () => true;
    await ann.hub.perform({ act: 'remove', groupId: id, memberId: CAT });
    expect(kindsOf(id).at(-1)).toBe('reseal');
    server.take = take;
    server.down = false;
    world.lose = () => false;
    const again = world.join(ANN, 'ann1', ann.stored);
    again.hub.welcome([{ id, revision: server.groups.get(id)!.state.revision }]);
    for (const each of [again, ben]) await inTime(() => opens(id, secretOf(each, id) ?? '')).toEqual(WALKS);
    expect(kindsOf(id).filter((kind) => kind === 'reseal')).toHaveLength(1);
  });
});

describe('after somebody left', () => {
  it('the owner makes another secret, and the link still lets in', async () => {
    const id = await founded();
    const [before, link] = [secretOf(cat, id), ann.groups.get(id)!.link!];
    world.people.delete('cat1');
    await cat.hub.perform({ act: 'leave', groupId: id });
    await inTime(() => kindsOf(id).at(-1)).toBe('reseal');
    expect(await opens(id, before)).toBeNull();
    for (const each of [ann, ben]) await inTime(() => opens(id, secretOf(each, id) ?? '')).toEqual(WALKS);
    // What it is called is told by a member.
    const again = world.join(CAT, 'cat2');
    expect(await again.hub.perform({ act: 'join-link', code: link })).toMatchObject({ ok: true });
    await inTime(() => nameOf(again, id)).toBe('Walks 散步');
  });

  it('an admin does if the owner is away, once', async () => {
    const id = await founded();
    world.people.delete('ann1');
    await cat.hub.perform({ act: 'leave', groupId: id });
    await inTime(() => kindsOf(id).at(-1)).toBe('reseal');
    expect(parseBody(server.groups.get(id)!.entries.at(-1)!.body)?.author).toBe(BEN);
    const back = world.join(ANN, 'ann1', ann.stored);
    back.hub.welcome([{ id, revision: server.groups.get(id)!.state.revision }]);
    for (const each of [ben, back]) await inTime(() => opens(id, secretOf(each, id) ?? '')).toEqual(WALKS);
    await world.time.advance(60_000);
    expect(kindsOf(id).filter((kind) => kind === 'reseal')).toHaveLength(1);
  });
});

it('a name given after somebody left is sealed by another secret, too', async () => {
  const id = await founded();
  const before = secretOf(cat, id);
  world.people.delete('ann1');
  await cat.hub.perform({ act: 'leave', groupId: id });
  await inTime(() => ben.hub.members(id)).toEqual([ANN, BEN]);
  await rename(ben, id, 'New');
  expect(await opens(id, before)).toBeNull();
  expect(kindsOf(id)).not.toContain('reseal');
});

it('junk that a member offers pushes nothing out', async () => {
  const id = await founded();
  const { revision, head } = server.groups.get(id)!.state;
  const junk = { type: 'group-secret', group: id, secret: 'A'.repeat(43), link: null, revision, head };
  await ben.hub.told({ userId: CAT, deviceId: 'cat1'.padEnd(22, '0') }, junk);
  await rename(ann, id, 'Still read');
  await inTime(() => nameOf(ben, id)).toBe('Still read');
  expect(secretOf(ben, id)).toBe(secretOf(ann, id));
});
