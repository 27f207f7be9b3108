/** Groups without server or engine: each action does at once what it asks for, as far as the roles allow it. */
import type { Group, GroupInfo, GroupMember, GroupsApi, Message, Result } from '../../web/core/model.ts';
import { fail, ok } from '../../web/core/result.ts';
import { cell } from '../../web/core/value.ts';

export interface GroupScene {
  readonly groups: readonly Group[];
  readonly histories: ReadonlyMap<string, readonly Message[]>;
  readonly unread: ReadonlyMap<string, number>;
  /** Groups in which an unread message mentions this person. */
  readonly mentioned: ReadonlySet<string>;
  readonly typists: ReadonlyMap<string, readonly string[]>;
  readonly readMarks: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly mayOpenRooms: boolean;
  /** Rooms that there are to join. */
  readonly rooms: readonly { readonly id: string; readonly name: string; readonly topic: string }[];
}

export const NO_GROUPS: GroupScene = {
  groups: [],
  histories: new Map(),
  unread: new Map(),
  mentioned: new Set(),
  typists: new Map(),
  readMarks: new Map(),
  mayOpenRooms: true,
  rooms: [],
};

export const LINK_CODE = 'f4ke-link-of-a-group-with-its-secret-inside-0123456789';
const RANK = { member: 0, admin: 1, owner: 2 } as const;

interface Needs {
  readonly me: () => GroupMember;
  readonly friend: (id: string) => GroupMember | null;
  readonly answer: <T>(value: T) => Promise<Result<T>>;
}

export function fakeGroups(
  { groups, rooms, mayOpenRooms }: GroupScene,
  { me, friend, answer }: Needs,
): GroupsApi {
  const all = cell<ReadonlyMap<string, Group>>(new Map(groups.map((group) => [group.id, group])));
  let made = 0;

  const put = (group: Group) => all.update((current) => new Map(current).set(group.id, group));

  /** One's own change, allowed from this role on. */
  async function change(
    id: string,
    from: keyof typeof RANK,
    next: (group: Group) => Group,
  ): Promise<Result<Group>> {
    const group = all.get().get(id);
    if (!group || group.myRole === null) return fail('not-found');
    if (RANK[group.myRole] < RANK[from]) return fail('forbidden');
    const changed = next(group);
    const result = await answer(changed);
    if (result.ok) put(changed);
    return result;
  }

  const done = async (changing: Promise<Result<unknown>>): Promise<Result> => {
    const result = await changing;
    return result.ok ? ok(undefined) : result;
  };

  const membersOf = (ids: readonly string[]): GroupMember[] => ids.flatMap((id) => friend(id) ?? []);

  function create(info: GroupInfo, members: readonly GroupMember[], open: boolean): Promise<Result<string>> {
    const id = `g-${String((made += 1)).padStart(22, 'n')}`;
    const group: Group = {
      ...info,
      id,
      members: [{ ...me(), role: 'owner' }, ...members],
      myRole: 'owner',
      former: [],
      doubt: null,
      muted: false,
      public: open,
      link: null,
    };
    return answer(id).then((result) => {
      if (result.ok) put(group);
      return result;
    });
  }

  const setRole = (id: string, memberId: string, role: GroupMember['role']) =>
    change(id, 'owner', (group) => ({
      ...group,
      members: group.members.map((each) => (each.id === memberId ? { ...each, role } : each)),
    }));

  return {
    all,
    create: (info, memberIds) => create(info, membersOf(memberIds), false),
    add: (id, memberIds) =>
      done(
        change(id, 'admin', (group) => ({ ...group, members: [...group.members, ...membersOf(memberIds)] })),
      ),
    remove: (id, memberId) =>
      done(
        change(id, 'admin', (group) => ({
          ...group,
          members: group.members.filter((each) => each.id !== memberId),
        })),
      ),
    leave: (id) => done(change(id, 'member', (group) => ({ ...group, myRole: null }))),
    setRole: (id, memberId, role) => done(setRole(id, memberId, role)),
    async handOver(id, memberId) {
      const result = await setRole(id, memberId, 'owner');
      if (!result.ok) return result;
      await setRole(id, me().id, 'admin');
      put({ ...all.get().get(id)!, myRole: 'admin' });
      return ok(undefined);
    },
    setInfo: (id, info) => done(change(id, 'admin', (group) => ({ ...group, ...info }))),
    async openLink(id) {
      const result = await change(id, 'admin', (group) => ({ ...group, link: LINK_CODE }));
      return result.ok ? ok(LINK_CODE) : result;
    },
    closeLink: (id) => done(change(id, 'admin', (group) => ({ ...group, link: null }))),
    lookLink: (code) =>
      code === LINK_CODE
        ? answer({ name: 'Sunday walks', topic: '', picture: null, memberCount: 12 })
        : Promise.resolve(fail('link-malformed')),
    joinByLink: (code) =>
      code === LINK_CODE
        ? create({ name: 'Sunday walks', topic: '', picture: null }, [], false)
        : Promise.resolve(fail('link-malformed')),
    listRooms: (part) =>
      answer({
        rooms: rooms.filter(({ name }) => name.includes(part)).map((room) => ({ ...room, memberCount: 40 })),
        more: false,
        mayOpen: mayOpenRooms,
      }),
    async joinRoom(name) {
      const room = rooms.find((each) => each.name === name);
      return room ? create({ name, topic: room.topic, picture: null }, [], true) : fail('not-found');
    },
    openRoom: (name, topic) => create({ name, topic, picture: null }, [], true),
    recheck: () => Promise.resolve(ok(undefined)),
    overrule: (id) => done(change(id, 'member', (group) => ({ ...group, doubt: null }))),
    mute: (id, muted) => done(change(id, 'member', (group) => ({ ...group, muted }))),
    dissolve: (id) => done(change(id, 'owner', (group) => ({ ...group, myRole: null, members: [] }))),
  };
}
