/** Who may do what in a group, and what the log comes to. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isGroupId } from './common.ts';
import {
  bodyText,
  foldBody,
  memberOf,
  nextBody,
  parseBody,
  type Folded,
  type GroupBody,
  type GroupChange,
  type GroupState,
} from './group-log.ts';
import { LIMITS } from './limits.ts';

const GROUP = `g-${'G'.repeat(22)}`;
const idOf = (name: string) => name.padEnd(22, '_');
const [ann, bob, cat, dan, eve] = ['ann', 'bob', 'cat', 'dan', 'eve'].map(idOf) as [
  string,
  string,
  string,
  string,
  string,
];
const KEY = 'k'.repeat(43);
const DIGEST = 'd'.repeat(43);
const LINK = 'l'.repeat(43);
const PROOF = 'p'.repeat(86);

const digestOf = (body: GroupBody) => createHash('sha256').update(bodyText(body)).digest('base64url');
const bodyBy = (author: string, state: GroupState | null, change: GroupChange) =>
  nextBody(GROUP, state, { id: author, key: KEY }, change);

function attempt(state: GroupState | null, author: string, change: GroupChange): Folded {
  const body = bodyBy(author, state, change);
  return foldBody(state, body, digestOf(body));
}

function done(state: GroupState | null, author: string, change: GroupChange): GroupState {
  const folded = attempt(state, author, change);
  if (!folded.ok) throw new Error(folded.problem);
  return folded.state;
}

const problem = (state: GroupState | null, author: string, change: GroupChange) => {
  const folded = attempt(state, author, change);
  return folded.ok ? null : folded.problem;
};

const create = (...memberIds: string[]): GroupChange => ({
  kind: 'create',
  memberIds,
  info: DIGEST,
  room: null,
});
const room: GroupChange = { kind: 'create', memberIds: [], info: null, room: { name: 'tea', topic: '' } };
const add = (...memberIds: string[]): GroupChange => ({ kind: 'add', memberIds });
const remove = (...memberIds: string[]): GroupChange => ({ kind: 'remove', memberIds });
const gone = (...memberIds: string[]): GroupChange => ({ kind: 'gone', memberIds });
const role = (memberId: string, to: 'owner' | 'admin' | 'member'): GroupChange => ({
  kind: 'role',
  memberId,
  role: to,
});
const link = (key: string | null): GroupChange => ({ kind: 'link', link: key });
const joinBy = (key: string): GroupChange => ({ kind: 'join', by: { link: key, proof: PROOF } });
const join: GroupChange = { kind: 'join', by: null };
const leave: GroupChange = { kind: 'leave' };
const dissolve: GroupChange = { kind: 'dissolve' };

const roles = ({ members }: GroupState) =>
  members.map((member) => `${member.id.replaceAll('_', '')} ${member.role}`);

/** Ann owns it, Bob is an admin, Cat and Dan are members. */
const four = () => done(done(null, ann, create(bob, cat, dan)), ann, role(bob, 'admin'));

describe('a group', () => {
  it('is founded by its owner, with members', () => {
    const state = done(null, ann, create(bob, cat));
    expect(roles(state)).toEqual(['ann owner', 'bob member', 'cat member']);
    expect(state).toMatchObject({ id: GROUP, revision: 1, info: DIGEST, link: null, room: null });
  });

  it.each<[string, GroupChange]>([
    ['oneself', create(ann)],
    ['somebody twice', create(bob, bob)],
    ['neither info nor room', { ...create(), info: null } as GroupChange],
    ['both', { ...room, info: DIGEST } as GroupChange],
  ])('is not founded with %s', (_name, change) => {
    expect(problem(null, ann, change)).toBe('malformed');
  });

  it('begins with its founding, once', () => {
    expect(problem(null, ann, leave)).toBe('out-of-order');
    expect(problem(four(), ann, create())).toBe('out-of-order');
  });

  it('takes in only the change that follows', () => {
    const state = four();
    const body = bodyBy(ann, state, add(eve));
    const fold = (other: Partial<GroupBody>) => foldBody(state, { ...body, ...other }, DIGEST);
    expect(fold({}).ok).toBe(true);
    for (const other of [
      { revision: 2 },
      { revision: 4 },
      { previous: DIGEST },
      { previous: null },
      { group: `g-${'H'.repeat(22)}` },
    ])
      expect(fold(other)).toEqual({ ok: false, problem: 'out-of-order' });
  });

  it('has at most so many members', () => {
    const many = Array.from({ length: LIMITS.groupMembersMax - 1 }, (_, n) => idOf(`n${n}`));
    const full = done(done(null, ann, create(...many)), ann, link(LINK));
    expect(full.members).toHaveLength(LIMITS.groupMembersMax);
    expect(problem(full, ann, add(eve))).toBe('too-many');
    expect(problem(full, eve, joinBy(LINK))).toBe('too-many');
    expect(bodyText(bodyBy(ann, null, create(...many))).length).toBeLessThan(LIMITS.groupBodyMax);
  });
});

describe('who may', () => {
  const may = (author: string, change: GroupChange) => problem(four(), author, change);

  it.each<[string, GroupChange, (string | null)[]]>([
    // As owner, admin, member, stranger.
    ['add', add(idOf('new')), [null, null, 'forbidden', 'forbidden']],
    ['remove a member', remove(dan), [null, null, 'forbidden', 'forbidden']],
    ['remove an admin', remove(bob), [null, 'forbidden', 'forbidden', 'forbidden']],
    ['remove the owner', remove(ann), ['forbidden', 'forbidden', 'forbidden', 'forbidden']],
    ['make an admin', role(dan, 'admin'), [null, 'forbidden', 'forbidden', 'forbidden']],
    ['take that back', role(bob, 'member'), [null, 'forbidden', 'forbidden', 'forbidden']],
    ['hand over', role(dan, 'owner'), [null, 'forbidden', 'forbidden', 'forbidden']],
    ['give up owning', role(ann, 'member'), ['forbidden', 'forbidden', 'forbidden', 'forbidden']],
    ['rename', { kind: 'info', info: LINK }, [null, null, 'forbidden', 'forbidden']],
    ['set a topic', { kind: 'topic', topic: 'x' }, ['forbidden', 'forbidden', 'forbidden', 'forbidden']],
    ['make a link', link(LINK), [null, null, 'forbidden', 'forbidden']],
    ['leave', leave, [null, null, null, 'forbidden']],
    ['say who is gone', gone(dan), [null, null, null, 'forbidden']],
    ['dissolve it', dissolve, [null, 'forbidden', 'forbidden', 'forbidden']],
    ['join without a link', join, ['pointless', 'pointless', 'pointless', 'forbidden']],
    ['join by another link', joinBy(KEY), ['pointless', 'pointless', 'pointless', 'forbidden']],
  ])('%s', (_name, change, expected) => {
    expect([ann, bob, cat, eve].map((author) => may(author, change))).toEqual(expected);
  });

  it.each<[string, GroupChange]>([
    ['adds who is there', add(eve, cat)],
    ['removes who is not there', remove(eve)],
    ['names a role that is had', role(bob, 'admin')],
    ['names a stranger', role(eve, 'admin')],
    ['has no link to end', link(null)],
    ['misses who was never there', gone(eve)],
  ])('nobody %s', (_name, change) => {
    expect(may(ann, change)).toBe('pointless');
  });

  it('nobody names somebody twice, or says that oneself is gone', () => {
    for (const change of [add(eve, eve), remove(cat, cat), gone(cat, cat), gone(ann)])
      expect(may(ann, change)).toBe('malformed');
  });
});

describe('what it comes to', () => {
  it('those who came are members, and those who went are not', () => {
    const added = done(four(), bob, add(eve));
    expect(roles(added)).toContain('eve member');
    expect(memberOf(added, eve)?.since).toBe(3);
    const removed = done(added, bob, remove(cat, eve));
    expect(roles(removed)).toEqual(['ann owner', 'bob admin', 'dan member']);
    expect(roles(done(removed, dan, leave))).toEqual(['ann owner', 'bob admin']);
    expect(problem(removed, cat, leave)).toBe('forbidden');
  });

  it('a link lets in until another one or none takes its place', () => {
    const open = done(four(), ann, link(LINK));
    expect(roles(done(open, eve, joinBy(LINK)))).toContain('eve member');
    expect(problem(done(open, ann, link(KEY)), eve, joinBy(LINK))).toBe('forbidden');
    expect(problem(done(open, ann, link(null)), eve, joinBy(LINK))).toBe('forbidden');
  });

  it('after somebody is gone, name and picture are sealed anew, once, by those who lead', () => {
    const full = done(done(null, ann, create(bob, cat, dan)), ann, { kind: 'link', link: LINK });
    const reseal: GroupChange = { kind: 'reseal', info: 'e'.repeat(43) };
    expect(problem(full, ann, reseal)).toBe('pointless');
    const gone = [
      done(full, ann, { kind: 'remove', memberIds: [cat], link: null }),
      done(full, cat, { kind: 'leave' }),
      done(full, ann, { kind: 'gone', memberIds: [cat] }),
    ];
    // A link is taken back by a removal that says so; what was signed before there was such a thing says nothing.
    expect(gone.map(({ link }) => link)).toEqual([null, LINK, LINK]);
    expect(done(full, ann, remove(cat)).link).toBe(LINK);
    for (const state of gone) {
      expect(problem(state, bob, reseal)).toBe('forbidden');
      const sealed = done(state, ann, reseal);
      expect(sealed.info).toBe('e'.repeat(43));
      expect(problem(sealed, ann, reseal)).toBe('pointless');
      expect(problem(done(state, ann, { kind: 'info', info: DIGEST }), ann, reseal)).toBe('pointless');
    }
    expect(problem(done(null, ann, room), ann, reseal)).toBe('forbidden');
  });

  it('whoever was removed comes back only when somebody adds them', () => {
    const open = done(done(four(), ann, link(LINK)), ann, remove(cat));
    expect(problem(open, cat, joinBy(LINK))).toBe('forbidden');
    const left = done(done(open, bob, add(cat)), cat, leave);
    expect(roles(done(left, cat, joinBy(LINK)))).toContain('cat member');
  });

  it('an owner who hands over is an admin', () => {
    expect(roles(done(four(), ann, role(dan, 'owner')))).toEqual([
      'ann admin',
      'bob admin',
      'cat member',
      'dan owner',
    ]);
  });

  it('an owner who leaves or is gone is followed by the first admin, else by the first member', () => {
    expect(roles(done(four(), ann, leave))).toEqual(['bob owner', 'cat member', 'dan member']);
    expect(roles(done(four(), dan, gone(ann, bob)))).toEqual(['cat owner', 'dan member']);
  });

  it('the last one who leaves ends it, and nothing follows', () => {
    const alone = done(null, ann, create());
    for (const ended of [done(alone, ann, leave), done(four(), ann, dissolve)]) {
      expect(ended).toMatchObject({ members: [], dissolved: true, link: null });
      expect(problem(ended, ann, add(eve))).toBe('forbidden');
      expect(problem(ended, eve, joinBy(LINK))).toBe('forbidden');
    }
  });

  it('a public room is open to all but those who were removed, and has a topic instead of sealed info', () => {
    const open = done(done(null, ann, room), bob, join);
    expect(roles(open)).toEqual(['ann owner', 'bob member']);
    expect(done(open, ann, { kind: 'topic', topic: 'green' }).room).toEqual({ name: 'tea', topic: 'green' });
    expect(problem(open, bob, { kind: 'topic', topic: 'black' })).toBe('forbidden');
    expect(problem(open, ann, { kind: 'info', info: DIGEST })).toBe('forbidden');
    expect(problem(open, ann, link(LINK))).toBe('forbidden');
    expect(problem(open, eve, joinBy(LINK))).toBe('forbidden');
    expect(problem(done(open, ann, remove(bob)), bob, join)).toBe('forbidden');
  });
});

describe('the text of a change', () => {
  const body = bodyBy(ann, null, create(bob));
  const text = bodyText(body);

  it('is the same whatever the order of its parts, and comes back as it was', () => {
    const { type, change, ...rest } = body;
    expect(bodyText({ change, ...rest, type })).toBe(text);
    expect(parseBody(text)).toEqual(body);
  });

  it.each([
    ['spaces', text.replace(',', ', ')],
    ['another order', JSON.stringify(body)],
    ['something more', text.replace('{', '{"a":1,')],
    ['a part twice', text.replace('"type"', '"type":"x","type"')],
    ['another type', text.replace('group-change', 'other')],
    ['an unknown change', text.replace('"create"', '"creates"')],
    ['no room for it', `${text}${' '.repeat(LIMITS.groupBodyMax)}`],
    ['no JSON', text.slice(1)],
    ['nothing', ''],
  ])('with %s is none', (_name, other) => {
    expect(other).not.toBe(text);
    expect(parseBody(other)).toBeNull();
  });

  it('names a room in one script, as it is stored', () => {
    const named = (name: string) =>
      parseBody(bodyText(bodyBy(ann, null, { ...room, room: { name, topic: '' } } as GroupChange)));
    expect(named('tea')).not.toBeNull();
    expect(named('茶馆')).not.toBeNull();
    for (const name of ['Tea', 'te', 'te а', 'tеa']) expect(named(name)).toBeNull();
  });
});

it('ids of groups and people are told apart by looking', () => {
  expect(isGroupId(GROUP)).toBe(true);
  expect(isGroupId(ann)).toBe(false);
  expect(isGroupId(`${GROUP}x`)).toBe(false);
});
