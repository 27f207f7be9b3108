/** Which ways what is said in a group takes, by how many are there: over links up to sixteen people, through the server beyond. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeGroupServer } from '../../tests/fakes/group-server.ts';
import { signAs } from '../../tests/fakes/engine.ts';
import { createFakeTime } from '../../tests/fakes/time.ts';
import type { Contact } from '../../signaling/protocol/http.ts';
import type { Store } from './conversation/store.ts';
import { yes } from './crypto/outcome.ts';
import { createGroups } from './groups/groups.ts';
import type { GroupRecord } from './groups/record.ts';
import type { SecurityTools } from './identity-keeper.ts';
import { MESH_MAX, startGroups } from './leader-groups.ts';
import type { LeaderGroups } from './leader-groups.ts';
import type { Links } from './link/links.ts';
import type { Platform } from './platform.ts';
import { createScope } from './scope.ts';
import type { Http } from './signaling/http.ts';

const idOf = (n: number) => `person-${String(n).padStart(3, '0')}`.padEnd(22, '0');
const ME = idOf(0);
const OTHERS = Array.from({ length: MESH_MAX + 4 }, (_, n) => idOf(n + 1));
const INFO = { name: 'Many', topic: '', picture: null };

let groups: LeaderGroups;
/** To whom links are wanted, and for what. */
let wanted: Map<string, Set<string>>;
let contacts: Map<string, Pick<Contact, 'presence'>>;
let groupId: string;

/** The fold, the log and the choice of ways are core's own; the server, the engine and the links are not. */
beforeEach(async () => {
  const time = createFakeTime();
  const server = createFakeGroupServer();
  const records = new Map<string, GroupRecord>();
  wanted = new Map();
  contacts = new Map();
  const links = {
    want(id: string, reason: string, on: boolean) {
      const reasons = wanted.get(id) ?? new Set();
      if (on) reasons.add(reason);
      else reasons.delete(reason);
      if (reasons.size > 0) wanted.set(id, reasons);
      else wanted.delete(id);
    },
  } as Partial<Links> as Links;
  const store = {
    groups: {
      all: () => Promise.resolve([...records.values()]),
      put: (record: GroupRecord) => Promise.resolve(void records.set(record.id, record)),
      remove: (id: string) => Promise.resolve(void records.delete(id)),
    },
    addEntry: () => Promise.resolve({ messages: [] }),
  } as Partial<Record<keyof Store, unknown>> as Store;
  groups = startGroups({
    platform: {
      subtle: crypto.subtle,
      random: { bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)) },
      timers: time.timers,
      clock: time.clock,
    } as Partial<Platform> as Platform,
    scope: createScope(),
    http: {} as Http,
    ownId: ME,
    store,
    links: () => links,
    contact: (id) => contacts.get(id) ?? null,
    publish: () => undefined,
    raise: () => undefined,
    tellOf: () => undefined,
    onMembers: () => undefined,
    onChecked: () => undefined,
    onReach: () => undefined,
  });
  groups.setTools({
    engine: {
      sign: (text: string) => Promise.resolve(yes(signAs(ME, text))),
      keysOf: (asked: readonly string[]) =>
        Promise.resolve(yes(new Map(asked.map((id) => [id, signAs(id, '').key])))),
      tell: () => Promise.resolve(yes(undefined)),
    },
    createGroups,
    createGroupServer: () => server.serverFor(ME),
  } as Partial<Record<keyof SecurityTools, unknown>> as SecurityTools);
  const made = await groups.perform({ act: 'create', info: INFO, memberIds: OTHERS });
  if (!made.ok || made.value === null) throw new Error('not founded');
  groupId = made.value;
});

/** So many of the others can be reached, with two devices each. */
const come = (from: number, to: number) =>
  groups.memberDevices(
    Object.fromEntries(OTHERS.slice(from, to).map((id) => [id, [`${id}-one`, `${id}-two`]])),
  );
const go = (...people: readonly string[]) =>
  groups.memberDevices(Object.fromEntries(people.map((id) => [id, []])));

describe('a group whose conversation is open', () => {
  beforeEach(() => groups.want(groupId, 'open', true));

  it('has a link to each of the others who are there, while they are sixteen with oneself', () => {
    come(0, MESH_MAX - 1);
    expect(groups.isMesh(groupId)).toBe(true);
    expect([...wanted.keys()]).toEqual(OTHERS.slice(0, MESH_MAX - 1));
  });

  it('has none when the seventeenth is there, and all again when one has gone', () => {
    come(0, MESH_MAX);
    expect(groups.isMesh(groupId)).toBe(false);
    expect(wanted.size).toBe(0);
    go(OTHERS[3]!);
    expect(groups.isMesh(groupId)).toBe(true);
    expect([...wanted.keys()]).toEqual(OTHERS.slice(0, MESH_MAX).filter((id) => id !== OTHERS[3]));
  });

  it('counts who is there, not who is a member, and friends like others', () => {
    come(0, MESH_MAX - 2);
    expect(groups.members(groupId)).toHaveLength(OTHERS.length + 1);
    const friend = OTHERS.at(-1)!;
    contacts.set(friend, { presence: { state: 'online', statusText: '', lastSeen: null, devices: ['one'] } });
    groups.reachChanged();
    expect(groups.isMesh(groupId)).toBe(true);
    expect(wanted.has(friend)).toBe(true);
    come(MESH_MAX - 2, MESH_MAX - 1);
    expect(groups.isMesh(groupId)).toBe(false);
    expect(wanted.size).toBe(0);
  });

  it('lets go of its links when it is closed, unless letters wait', () => {
    come(0, 3);
    groups.want(groupId, 'outbox', true);
    groups.want(groupId, 'open', false);
    expect(wanted.size).toBe(3);
    groups.want(groupId, 'outbox', false);
    expect(wanted.size).toBe(0);
  });

  it('links to nobody who was removed', async () => {
    come(0, 3);
    await groups.perform({ act: 'remove', groupId, memberId: OTHERS[1]! });
    await expect.poll(() => [...wanted.keys()]).toEqual([OTHERS[0], OTHERS[2]]);
  });
});
