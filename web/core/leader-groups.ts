/**
 * The leading tab's groups: joins them with the engine, the conversations and the links. Until the engine's code is here
 * it remembers what the server says; without it there are the groups that were stored, and nothing can be changed.
 */
import type { Address } from './crypto/address.ts';
import { authorOf } from './conversation/wire-form.ts';
import type { Store } from './conversation/store.ts';
import type { Change } from './conversation/writing.ts';
import type { GroupAsk } from './groups/group-ask.ts';
import type { GroupEntry, GroupHub } from './groups/groups.ts';
import type { Membership } from './groups/membership.ts';
import type { SecurityTools } from './identity-keeper.ts';
import type { Links } from './link/links.ts';
import type { Contact } from '../../signaling/protocol/http.ts';
import type { ServerMessage } from '../../signaling/protocol/socket.ts';
import type { Notice, Result } from './model.ts';
import type { Platform } from './platform.ts';
import { fail } from './result.ts';
import type { Scope } from './scope.ts';
import type { Http } from './signaling/http.ts';
import type { LiveState } from './tabs/bus.ts';
import type { LogPosition } from './wire/message.ts';
import { idAt } from './wire/message-id.ts';

/** So many people who are there talk over links to each other; more of them get what is said through the server. */
export const MESH_MAX = 16;

type Welcome = Extract<ServerMessage, { type: 'welcome' }>;
type News = Welcome['groups'][number];

interface Needs {
  readonly platform: Platform;
  readonly scope: Scope;
  readonly http: Http;
  readonly ownId: string;
  /** Null when the browser's storage cannot be used: then there are no groups. */
  readonly store: Store | null;
  readonly links: () => Links;
  readonly contact: (id: string) => Pick<Contact, 'presence'> | null;
  readonly publish: (change: Pick<LiveState, 'groups'>) => void;
  readonly raise: (notice: Notice) => void;
  readonly tellOf: (change: Change) => void;
  /** Other people than before are in this group. */
  readonly onMembers: (groupId: string) => void;
  /** What could not be opened for want of knowing who is a member may be now. */
  readonly onChecked: () => void;
  /** These people's devices can be reached now, or not any more. */
  readonly onReach: (people: readonly string[]) => void;
}

export interface LeaderGroups {
  /** Null: the engine could not be had. */
  setTools(tools: SecurityTools | null): void;
  welcome(message: Welcome): void;
  changed(news: News): void;
  memberDevices(people: Welcome['reachable']): void;
  trustChanged(): void;
  told(from: Address, content: unknown): Promise<void>;
  perform(ask: GroupAsk): Promise<Result<string | null>>;
  /** Null for whoever is in no group with this person, or cannot be reached as such. */
  reach(userId: string): { readonly devices: readonly string[] } | null;
  /** Everybody with whom one is in a group, oneself left out. */
  people(): readonly string[];
  sharedWith(userId: string): readonly string[];
  /** Oneself included; null where one is no member, as far as is known. */
  members(groupId: string): readonly string[] | null;
  /** It is known that one is no member of it (any more). */
  isOver(groupId: string): boolean;
  wasMember(groupId: string, userId: string, at: number | null): Promise<Membership>;
  /** Nothing may be said in it until the person decides: see `Group.doubt`. */
  isStopped(groupId: string): boolean;
  /** What this device knows of its log. */
  position(groupId: string): LogPosition | null;
  /** What a member's device knows of it. */
  heard(groupId: string, userId: string, position: LogPosition): void;
  /** Whether what is said goes from device to device. */
  isMesh(groupId: string): boolean;
  /** Keeps links to whoever is there. */
  want(groupId: string, reason: string, on: boolean): void;
  /** Who is there may have changed. */
  reachChanged(): void;
}

export function startGroups(needs: Needs): LeaderGroups {
  const { platform, scope, ownId, store } = needs;
  let hub: GroupHub | null = null;
  let heard: readonly News[] = [];
  let reachable: Welcome['reachable'] = {};
  /** By group and reason, to whom links are wanted for it. */
  const wants = new Map<string, { readonly groupId: string; people: ReadonlySet<string> }>();

  function setTools(tools: SecurityTools | null): void {
    const { subtle } = platform;
    if (!tools || !store || !subtle || hub) return;
    const { engine, createGroups, createGroupServer } = tools;
    hub = createGroups({
      subtle,
      random: platform.random,
      timers: platform.timers,
      clock: platform.clock,
      scope,
      ownId,
      server: createGroupServer(needs.http),
      engine,
      records: store.groups,
      isFriend: (id) => needs.contact(id) !== null,
      publish: (groups) => needs.publish({ groups }),
      onEntries: (entries) => keep(store, entries),
      onAdded: (groupId) => needs.raise({ kind: 'group-added', conversationId: groupId }),
      onChecked: needs.onChecked,
      onMembers: (groupId) => {
        align();
        needs.onMembers(groupId);
      },
      report: platform.report,
    });
    hub.welcome(heard);
  }

  async function keep(own: Store, entries: readonly GroupEntry[]): Promise<void> {
    for (const { groupId, digest, at, authorId, event } of entries) {
      const author = authorOf(ownId, groupId, authorId);
      const change = await own.addEntry(idAt(at, digest), { conversationId: groupId, author, event });
      if (change.messages.length > 0) needs.tellOf(change);
    }
  }

  const members = (groupId: string) => hub?.members(groupId) ?? null;
  const devicesOf = (userId: string) => needs.contact(userId)?.presence.devices ?? reachable[userId] ?? [];
  const present = (groupId: string) =>
    (members(groupId) ?? []).filter((id) => id !== ownId && devicesOf(id).length > 0);
  const isMesh = (groupId: string) => present(groupId).length < MESH_MAX;

  function align(): void {
    for (const [key, wanted] of wants) {
      const people = new Set(isMesh(wanted.groupId) ? present(wanted.groupId) : []);
      const before = wanted.people;
      wanted.people = people;
      for (const id of people) if (!before.has(id)) needs.links().want(id, key, true);
      for (const id of before) if (!people.has(id)) needs.links().want(id, key, false);
    }
  }

  return {
    setTools,
    welcome({ groups, reachable: told }) {
      heard = groups;
      reachable = told;
      hub?.welcome(groups);
      needs.onReach(Object.keys(told));
    },
    changed: (news) => hub?.changed(news),
    memberDevices(people) {
      reachable = { ...reachable, ...people };
      align();
      needs.onReach(Object.keys(people));
    },
    trustChanged: () => hub?.trustChanged(),
    told: (from, content) => hub?.told(from, content) ?? Promise.resolve(),
    perform: (ask) => hub?.perform(ask) ?? Promise.resolve(fail('unavailable')),
    reach(userId) {
      const devices = reachable[userId];
      return devices ? { devices } : null;
    },
    people: () => hub?.people() ?? [],
    sharedWith: (userId) => hub?.sharedWith(userId) ?? [],
    members,
    isOver: (groupId) => hub?.isOver(groupId) ?? false,
    wasMember: (groupId, userId, at) => hub?.wasMember(groupId, userId, at) ?? Promise.resolve('later'),
    isStopped: (groupId) => hub?.isStopped(groupId) ?? false,
    position: (groupId) => hub?.position(groupId) ?? null,
    heard: (groupId, userId, position) => hub?.heard(groupId, userId, position),
    isMesh,
    want(groupId, reason, on) {
      const key = `${reason} ${groupId}`;
      if (on === wants.has(key)) return;
      if (on) wants.set(key, { groupId, people: new Set() });
      else {
        const people = wants.get(key)?.people ?? [];
        wants.delete(key);
        for (const id of people) needs.links().want(id, key, false);
      }
      align();
    },
    reachChanged: align,
  };
}
