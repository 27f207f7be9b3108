/** The server's groups in memory, by the shared rules; as it should be, until a test makes it lie: see `inject` and `lies`. */
import { createHash } from 'node:crypto';
import type { Person } from '../../signaling/protocol/common.ts';
import { foldBody, parseBody } from '../../signaling/protocol/group-log.ts';
import type { GroupState } from '../../signaling/protocol/group-log.ts';
import type { GroupServer } from '../../web/core/groups/group-server.ts';
import type { Result } from '../../web/core/model.ts';
import { fail, ok } from '../../web/core/result.ts';

interface Entry {
  readonly body: string;
  readonly signature: string;
  readonly at: number;
}

type Change = Parameters<GroupServer['found']>[0];

interface Stored {
  state: GroupState;
  entries: Entry[];
  info: string | null;
  /** Up to which change whoever was a member may read. */
  readonly left: Map<string, number>;
}

export interface FakeGroupServer {
  /** As this person sees it. */
  serverFor(personId: string): GroupServer;
  people: Map<string, Person>;
  readonly groups: ReadonlyMap<string, Stored>;
  /** What this person is shown instead of the log, in any group. */
  readonly lies: Map<string, readonly Entry[]>;
  /** Puts a change into the log that breaks the rules, or whose signature is none. */
  inject(groupId: string, body: string, signature: string): void;
  now: () => number;
  /** Takes a change in; null founds a group. */
  take: (groupId: string | null, change: Change) => Result<{ revision: number }>;
  /** Told after each change, to those who are or were members. */
  onChange: (groupId: string, revision: number, people: readonly string[]) => void;
  down: boolean;
  /** Changes in one page. */
  page: number;
}

export const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

export function createFakeGroupServer(): FakeGroupServer {
  const groups = new Map<string, Stored>();

  function take(groupId: string | null, change: Change): Result<{ revision: number }> {
    const body = parseBody(change.body);
    if (!body || (groupId !== null && body.group !== groupId)) return fail('bad-request');
    const stored = groups.get(body.group);
    const folded = foldBody(stored?.state ?? null, body, digest(change.body));
    if (!folded.ok) return fail(folded.problem === 'out-of-order' ? 'conflict' : 'forbidden');
    const before = stored?.state.members.map(({ id }) => id) ?? [];
    const entry = { body: change.body, signature: change.signature, at: fake.now() };
    const { state } = folded;
    const there = state.members.map(({ id }) => id);
    const left = stored?.left ?? new Map<string, number>();
    for (const id of before) if (!there.includes(id)) left.set(id, state.revision);
    for (const id of there) left.delete(id);
    const info = change.info ?? stored?.info ?? null;
    groups.set(body.group, { state, entries: [...(stored?.entries ?? []), entry], info, left });
    fake.onChange(body.group, state.revision, [...new Set([...before, ...there])]);
    return ok({ revision: state.revision });
  }

  const opening = ({ state }: Stored) => ({
    id: state.id,
    revision: state.revision,
    head: state.head,
    members: state.members.length,
  });

  const fake: FakeGroupServer = {
    people: new Map(),
    groups,
    lies: new Map(),
    now: () => Date.now(),
    take,
    onChange: () => undefined,
    down: false,
    page: 3,
    inject(groupId, body, signature) {
      const stored = groups.get(groupId)!;
      stored.entries.push({ body, signature, at: fake.now() });
    },
    serverFor: (personId) => {
      const served = async <T>(serve: () => T) => (fake.down ? fail('network') : serve());
      const isIn = (stored: Stored) => stored.state.members.some(({ id }) => id === personId);
      return {
        found: (change) => served(() => fake.take(null, change)),
        append: (groupId, change) => served(() => fake.take(groupId, change)),
        group: (groupId) =>
          served(() => {
            const stored = groups.get(groupId);
            if (!stored || !isIn(stored)) return fail('not-found');
            const { state, info } = stored;
            const people = state.members.flatMap(({ id }) => fake.people.get(id) ?? []);
            return ok({ id: groupId, revision: state.revision, info, people });
          }),
        log: (groupId, after) =>
          served(() => {
            const stored = groups.get(groupId);
            const end = stored && (isIn(stored) ? Infinity : stored.left.get(personId));
            if (!stored || end === undefined) return fail('not-found');
            const rest = (fake.lies.get(personId) ?? stored.entries).slice(after, end);
            return ok({ changes: rest.slice(0, fake.page), more: rest.length > fake.page });
          }),
        look: (groupId) =>
          served(() => {
            const stored = groups.get(groupId);
            if (!stored?.state.link) return fail('not-found');
            return ok({ ...opening(stored), link: stored.state.link, info: stored.info });
          }),
        listRooms: (part) =>
          served(() => {
            const rooms = [...groups.values()].flatMap((stored) =>
              stored.state.room?.name.includes(part) ? [{ ...opening(stored), ...stored.state.room }] : [],
            );
            return ok({ rooms, more: false, mayOpen: true });
          }),
        findRoom: (name) =>
          served(() => {
            const stored = [...groups.values()].find(({ state }) => state.room?.name === name);
            return stored?.state.room ? ok({ ...opening(stored), ...stored.state.room }) : fail('not-found');
          }),
      };
    },
  };
  return fake;
}
