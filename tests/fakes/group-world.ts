/** The groups of several people, each with core's own code over one fake server, and letters from device to device in memory. */
import { expect } from 'vitest';
import { bodyText, nextBody } from '../../signaling/protocol/group-log.ts';
import type { GroupChange } from '../../signaling/protocol/group-log.ts';
import { yes } from '../../web/core/crypto/outcome.ts';
import { createGroups } from '../../web/core/groups/groups.ts';
import type { GroupEntry, GroupHub } from '../../web/core/groups/groups.ts';
import type { GroupRecord } from '../../web/core/groups/record.ts';
import type { Group } from '../../web/core/model.ts';
import { createScope } from '../../web/core/scope.ts';
import { signAs } from './engine.ts';
import { createFakeGroupServer } from './group-server.ts';
import type { FakeGroupServer } from './group-server.ts';
import { createFakeTime } from './time.ts';
import type { FakeTime } from './time.ts';
import { unreported } from './report.ts';

const idOf = (name: string) => name.padEnd(22, '0');
export const ANN = idOf('ann');
export const BEN = idOf('ben');
export const CAT = idOf('cat');
export const EVE = idOf('eve');
export const WALKS = { name: 'Walks 散步', topic: 'Sundays', picture: null };

export interface Member {
  readonly id: string;
  readonly hub: GroupHub;
  readonly entries: GroupEntry[];
  readonly added: string[];
  /** Groups of which other people than before may get what is said. */
  readonly moved: string[];
  readonly stored: Map<string, GroupRecord>;
  /** How often what waited for a look at the log could be looked at again. */
  checked: number;
  groups: ReadonlyMap<string, Group>;
}

interface Letter {
  readonly from: string;
  readonly to: string;
  readonly content: unknown;
}

export interface GroupWorld {
  readonly time: FakeTime;
  readonly server: FakeGroupServer;
  /** By device. */
  readonly people: Map<string, Member>;
  /** Who turned out to have another identity than before. */
  readonly changed: Set<string>;
  /** What went from device to device. */
  readonly letters: Letter[];
  lose: (content: unknown) => boolean;
  readonly join: (id: string, device: string, stored?: Map<string, GroupRecord>) => Member;
  /** By Ann; answers with the group's id. */
  readonly founded: (...memberIds: readonly string[]) => Promise<string>;
  /** A change as `author` would sign it, or as somebody signs it in their name. */
  readonly forged: (
    groupId: string,
    author: string,
    change: GroupChange,
    signer?: string,
  ) => { body: string; signature: string };
  /** What `look` sees, as an expectation that is met while time goes by, in steps of so many ms. */
  readonly inTime: <T>(look: () => T | Promise<T>, step?: number) => ReturnType<typeof expect.poll<T>>;
}

/** Ann, Ben and Cat are there, with a device each; Eve has an account, and is nobody's friend. */
export function createGroupWorld(): GroupWorld {
  const time = createFakeTime();
  const server = createFakeGroupServer();
  const people = new Map<string, Member>();
  server.now = () => time.clock.now();
  server.onChange = (id, revision, members) => {
    for (const member of people.values())
      if (members.includes(member.id)) member.hub.changed({ id, revision });
  };
  for (const [id, name] of Object.entries({ [ANN]: 'Ann', [BEN]: 'Ben', [CAT]: 'Cat', [EVE]: 'Eve' }))
    server.people.set(id, { id, userName: name.toLowerCase(), displayName: name });

  const world: GroupWorld = {
    time,
    server,
    people,
    changed: new Set(),
    letters: [],
    lose: () => false,
    join,
    async founded(...memberIds) {
      const ann = [...people.values()].find(({ id }) => id === ANN)!;
      const made = await ann.hub.perform({ act: 'create', info: WALKS, memberIds });
      if (!made.ok || made.value === null) throw new Error('not founded');
      return made.value;
    },
    forged(groupId, author, change, signer = author) {
      const { state } = server.groups.get(groupId)!;
      const { key } = signAs(signer, '');
      const body = bodyText(nextBody(groupId, state, { id: author, key }, change));
      return { body, signature: signAs(signer, body).signature };
    },
    inTime: (look, step = 1_000) =>
      expect.poll(
        async () => {
          await time.advance(step);
          return look();
        },
        { timeout: 20_000 },
      ),
  };

  function join(id: string, device: string, stored = new Map<string, GroupRecord>()): Member {
    const from = { userId: id, deviceId: idOf(device) };
    const keyOf = (one: string) => signAs(one, '').key;
    const member: Member = {
      id,
      entries: [],
      added: [],
      moved: [],
      stored,
      checked: 0,
      groups: new Map(),
      hub: createGroups({
        subtle: crypto.subtle,
        random: { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)), fraction: () => 0.5 },
        timers: time.timers,
        clock: time.clock,
        scope: createScope(),
        ownId: id,
        server: server.serverFor(id),
        engine: {
          sign: (text) => Promise.resolve(yes(signAs(id, text))),
          keysOf(asked) {
            const known = asked.filter((one) => one === id || !world.changed.has(one));
            return Promise.resolve(yes(new Map(known.map((one) => [one, keyOf(one)]))));
          },
          async tell(to, content) {
            for (const [key, other] of people) {
              if (!to.includes(other.id) || key === device || world.lose(content)) continue;
              world.letters.push({ from: id, to: other.id, content });
              await other.hub.told(from, structuredClone(content));
            }
            return yes(undefined);
          },
        },
        records: {
          all: () => Promise.resolve([...stored.values()]),
          put: (record) => Promise.resolve(void stored.set(record.id, structuredClone(record))),
          remove: (gone) => Promise.resolve(void stored.delete(gone)),
        },
        isFriend: (other) => other !== EVE,
        publish: (groups) => (member.groups = groups),
        onEntries: (entries) => Promise.resolve(void member.entries.push(...entries)),
        onAdded: (group) => void member.added.push(group),
        onMembers: (group) => void member.moved.push(group),
        onChecked: () => void (member.checked += 1),
        report: unreported,
      }),
    };
    people.set(device, member);
    return member;
  }

  return world;
}
