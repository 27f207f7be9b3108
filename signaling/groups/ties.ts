/**
 * Who shares a group with whom: in memory, so that a message is authorised without asking the database. Holds only
 * people with a device connected, and their groups. Members write to each other's mailboxes; they reach each other live
 * if the group is no public room and neither has blocked the other. Contacts' presence tells more: it is theirs alone.
 */
import type { PresenceRoster } from '../presence/roster.ts';
import type { ServerMessage } from '../protocol/socket.ts';
import type { Members } from './group-store.ts';

export type Reachable = Extract<ServerMessage, { type: 'welcome' }>['reachable'];

/** What the database knows of a person when they connect. */
export interface TiedFacts {
  readonly groups: readonly Members[];
  readonly blockedIds: readonly string[];
}

interface Tied {
  readonly groupIds: Set<string>;
  readonly blocked: Set<string>;
  /** The devices that others were last told of. */
  told: string;
}

interface Group {
  readonly revision: number;
  readonly isRoom: boolean;
  readonly members: ReadonlySet<string>;
}

export type TellReachable = (viewerId: string, people: Reachable) => void;

export class Ties {
  private readonly people = new Map<string, Tied>();
  private readonly groups = new Map<string, Group>();
  /** For each person whose facts are being read: what happens meanwhile, to be done again on top of them. */
  private readonly joining = new Set<(() => void)[]>();

  constructor(
    private readonly roster: Pick<PresenceRoster, 'presenceOf' | 'contactsOf'>,
    private readonly tell: TellReachable,
  ) {}

  // --- People come and go --------------------------------------------------------------------------------------

  async join<T extends object>(
    personId: string,
    load: () => Promise<(T & { readonly ties: TiedFacts }) | null>,
  ): Promise<T | null> {
    const meanwhile: (() => void)[] = [];
    this.joining.add(meanwhile);
    try {
      const loaded = await load();
      if (loaded === null) return null;
      this.enter(personId, loaded.ties);
      for (const again of meanwhile) again();
      return loaded;
    } finally {
      this.joining.delete(meanwhile);
    }
  }

  private enter(personId: string, { groups, blockedIds }: TiedFacts): void {
    const told = this.people.get(personId)?.told ?? '';
    this.people.set(personId, { groupIds: new Set(), blocked: new Set(blockedIds), told });
    for (const group of groups) this.learn(group);
  }

  /** The last device of a person went, or the person is gone for good. */
  leave(personId: string): void {
    const groupIds = this.people.get(personId)?.groupIds ?? [];
    this.people.delete(personId);
    for (const id of groupIds) {
      if (![...(this.groups.get(id)?.members ?? [])].some((member) => this.people.has(member)))
        this.groups.delete(id);
    }
  }

  // --- Ties change ---------------------------------------------------------------------------------------------

  /** The members of a group are these now. Whoever is new in it, or gone, is shown so. */
  changed(group: Members): void {
    const before = this.groups.get(group.id)?.members ?? new Set<string>();
    this.noted(() => this.learn(group));
    if (group.isRoom) return;
    const after = new Set(group.memberIds);
    const either = [...new Set([...before, ...after])];
    const moved = either.filter((id) => before.has(id) !== after.has(id));
    this.retell(moved, either);
  }

  blocked(ownerId: string, personId: string, isBlocked: boolean): void {
    this.noted(() => {
      const blocked = this.people.get(ownerId)?.blocked;
      if (isBlocked) blocked?.add(personId);
      else blocked?.delete(personId);
    });
    this.retell([ownerId], [personId]);
  }

  /** They are contacts no more: what a member sees of another is shown again. */
  parted(a: string, b: string): void {
    this.retell([a], [b]);
  }

  private noted(change: () => void): void {
    change();
    for (const meanwhile of this.joining) meanwhile.push(change);
  }

  private learn({ id, revision, isRoom, memberIds }: Members): void {
    const known = this.groups.get(id);
    if (known !== undefined && known.revision > revision) {
      for (const member of known.members) this.people.get(member)?.groupIds.add(id);
      return;
    }
    for (const member of known?.members ?? []) this.people.get(member)?.groupIds.delete(id);
    const here = memberIds.flatMap((member) => this.people.get(member) ?? []);
    for (const tied of here) tied.groupIds.add(id);
    if (here.length === 0) this.groups.delete(id);
    else this.groups.set(id, { revision, isRoom, members: new Set(memberIds) });
  }

  // --- Who may what --------------------------------------------------------------------------------------------

  /** Whether this person, who is connected, may put mail into that one's mailboxes. */
  mayWrite(personId: string, otherId: string): boolean {
    return this.share(personId, otherId, () => true);
  }

  /** Whether these two, both connected, may signal and relay to each other. */
  mayReach(personId: string, otherId: string): boolean {
    const [one, other] = [this.people.get(personId), this.people.get(otherId)];
    if (one === undefined || other === undefined) return false;
    if (one.blocked.has(otherId) || other.blocked.has(personId)) return false;
    return this.share(personId, otherId, ({ isRoom }) => !isRoom);
  }

  private share(personId: string, otherId: string, counts: (group: Group) => boolean): boolean {
    for (const id of this.people.get(personId)?.groupIds ?? []) {
      const group = this.groups.get(id);
      if (group !== undefined && group.members.has(otherId) && counts(group)) return true;
    }
    return false;
  }

  // --- Who is shown to whom ------------------------------------------------------------------------------------

  /** The devices of members who are no contacts. */
  reachableBy(viewerId: string): Reachable {
    const shown = this.others(viewerId).map((id) => [id, this.devicesFor(viewerId, id)] as const);
    return Object.fromEntries(shown.filter(([, devices]) => devices.length > 0));
  }

  /** A person shows otherwise to friends: members hear of it if it is about devices. */
  presenceChanged(personId: string): void {
    const tied = this.people.get(personId);
    if (tied === undefined) return;
    const devices = this.roster.presenceOf(personId)?.devices ?? [];
    if (tied.told === devices.join(' ')) return;
    tied.told = devices.join(' ');
    for (const viewerId of this.others(personId)) this.tell(viewerId, { [personId]: devices });
  }

  /** Members who are connected and may be reached, contacts left out. */
  private others(personId: string): string[] {
    const ids = new Set<string>();
    for (const groupId of this.people.get(personId)?.groupIds ?? []) {
      const group = this.groups.get(groupId);
      if (group !== undefined && !group.isRoom) for (const id of group.members) ids.add(id);
    }
    ids.delete(personId);
    const contacts = this.roster.contactsOf(personId);
    return [...ids].filter((id) => !contacts.has(id) && this.mayReach(personId, id));
  }

  private devicesFor(viewerId: string, personId: string): string[] {
    if (!this.mayReach(viewerId, personId)) return [];
    return [...(this.roster.presenceOf(personId)?.devices ?? [])];
  }

  /** Shows each of the one to each of the other as it is now, unless they are contacts. */
  private retell(some: readonly string[], others: readonly string[]): void {
    const news = new Map<string, Reachable>();
    const add = (viewerId: string, personId: string) => {
      if (viewerId === personId || !this.people.has(viewerId) || !this.people.has(personId)) return;
      if (this.roster.contactsOf(viewerId).has(personId)) return;
      const people = news.get(viewerId) ?? {};
      people[personId] = this.devicesFor(viewerId, personId);
      news.set(viewerId, people);
    };
    for (const a of some)
      for (const b of others) {
        add(a, b);
        add(b, a);
      }
    for (const [viewerId, people] of news) this.tell(viewerId, people);
  }
}
