/** The groups of one account as this device knows them, brought up to date from the server one at a time. */
import { parseBody } from '../../../signaling/protocol/group-log.ts';
import type { Engine } from '../crypto/engine-model.ts';
import { createTurns } from '../crypto/turns.ts';
import type { Group, Result } from '../model.ts';
import { DONE, fail } from '../result.ts';
import type { GroupServer, SeenGroup } from './group-server.ts';
import { isOtherLog, readChanges, withHanded } from './reading.ts';
import type { Reading, TakenChange } from './reading.ts';
import { foldedOf, newRecord, viewOf } from './record.ts';
import type { GroupRecord, LoggedChange } from './record.ts';
import { openInfo } from './sealed-info.ts';
import { digestOf } from './signatures.ts';

export interface Records {
  all(): Promise<readonly GroupRecord[]>;
  put(record: GroupRecord): Promise<void>;
  remove(id: string): Promise<void>;
}

export interface Book {
  readonly ready: Promise<void>;
  get(id: string): GroupRecord | null;
  all(): readonly GroupRecord[];
  /** Applies to the record as it is now, or to a new one. */
  update(id: string, change: (record: GroupRecord) => GroupRecord): Promise<void>;
  forget(id: string): Promise<void>;
  /** Reads what is new from the server. `not-found`: it says that this person never was a member. */
  sync(id: string): Promise<Result>;
  /** What a member hands on in the server's place, verified in the same way. `forked`: theirs is another log. */
  take(id: string, by: string, changes: readonly LoggedChange[]): Promise<'taken' | 'forked' | 'useless'>;
  /** The log says more than can be believed, or its name cannot be read: somebody who knows is to be asked. */
  lacks(id: string): boolean;
  /** Members whose accounts are gone, which the log does not say yet. */
  missing(id: string): readonly string[];
}

interface Needs {
  readonly subtle: SubtleCrypto;
  readonly ownId: string;
  readonly server: GroupServer;
  readonly engine: Pick<Engine, 'keysOf'>;
  readonly records: Records;
  readonly publish: (groups: ReadonlyMap<string, Group>) => void;
  /** A secret that this device made is the group's from now on. */
  readonly onFresh: (groupId: string) => Promise<void>;
  /** `first`: the group was not known before. */
  readonly onTaken: (record: GroupRecord, taken: readonly TakenChange[], first: boolean) => Promise<void>;
}

const withoutOffer = (offered: GroupRecord['offered'], secret: string | null): GroupRecord['offered'] =>
  Object.fromEntries(Object.entries(offered).filter(([, each]) => each !== secret));

/** No more than a log may have. */
const CHANGES_MAX = 20_000;

export function createBook(needs: Needs): Book {
  const { subtle, ownId, server, records } = needs;
  const known = new Map<string, GroupRecord>();
  const stuck = new Set<string>();
  const absent = new Map<string, readonly string[]>();
  let views: ReadonlyMap<string, Group> = new Map();
  const turns = createTurns();
  const ready = load();

  async function load(): Promise<void> {
    // What an earlier version stored has not all that there is now.
    for (const record of await records.all()) known.set(record.id, { ...newRecord(record.id), ...record });
    show(...known.values());
  }

  function show(...changed: readonly GroupRecord[]): void {
    const next = new Map(views);
    for (const record of changed) {
      const view = viewOf(record, ownId);
      if (view) next.set(record.id, view);
    }
    views = next;
    needs.publish(views);
  }

  async function update(id: string, change: (record: GroupRecord) => GroupRecord): Promise<void> {
    const before = known.get(id);
    const record = change(before ?? newRecord(id));
    if (record === before) return;
    known.set(id, record);
    show(record);
    await records.put(record);
  }

  async function fetchLog(id: string, after: number): Promise<Result<readonly LoggedChange[]>> {
    const changes: LoggedChange[] = [];
    for (;;) {
      const page = await server.log(id, after + changes.length);
      if (!page.ok) return page;
      changes.push(...page.value.changes);
      if (!page.value.more || page.value.changes.length === 0 || changes.length > CHANGES_MAX)
        return { ok: true, value: changes };
    }
  }

  async function keysOf(people: readonly string[]) {
    const keys = await needs.engine.keysOf(people);
    return keys.ok ? keys.value : null;
  }

  async function syncNow(id: string): Promise<Result> {
    const now = known.get(id) ?? newRecord(id);
    const shown = now.handed ? { ...now, ...now.handed.before } : now;
    const log = await fetchLog(id, shown.state?.revision ?? 0);
    if (!log.ok) return log;
    // Whoever left is told no more than the log.
    const answer = await server.group(id);
    if (!answer.ok && answer.failure.code !== 'not-found') return answer;
    const group = answer.ok ? answer.value : null;
    const there = new Set(group?.people.map((person) => person.id));
    const read = await readChanges(
      { subtle, keysOf, isThere: (personId) => there.has(personId) },
      shown,
      log.value,
    );
    const reading = withHanded(now, read);
    if (reading.stuck) stuck.add(id);
    else stuck.delete(id);
    await takeIn(id, reading, group);
    const { state } = reading.record;
    absent.set(id, group && state ? state.members.map((one) => one.id).filter((one) => !there.has(one)) : []);
    return reading.stuck ? fail('conflict') : DONE;
  }

  async function takeNow(id: string, by: string, changes: readonly LoggedChange[]) {
    const record = known.get(id);
    const { revision } = record?.state ?? {};
    if (!record || revision === undefined) return 'useless';
    // The server may have handed out some meanwhile.
    const lacking = changes.filter(({ body }) => (parseBody(body)?.revision ?? 0) > revision);
    if (lacking.length === 0) return 'useless';
    if (await isOtherLog({ subtle, keysOf }, record, lacking)) return 'forked';
    const answer = await server.group(id);
    const group = answer.ok ? answer.value : null;
    // Without the directory's word nobody is gone.
    const there = group && new Set(group.people.map((person) => person.id));
    const isThere = (personId: string) => there?.has(personId) ?? true;
    const reading = await readChanges({ subtle, keysOf, isThere }, record, lacking);
    if (reading.taken.length === 0) return 'useless';
    const handed = record.handed ?? { by, before: foldedOf(record) };
    await takeIn(id, { ...reading, record: { ...reading.record, handed } }, group);
    return 'taken';
  }

  async function takeIn(id: string, reading: Reading, group: SeenGroup | null): Promise<void> {
    const before = known.get(id) ?? newRecord(id);
    const people = {
      ...before.people,
      ...Object.fromEntries((group?.people ?? []).map((one) => [one.id, one])),
    };
    const named = await nameOf({ ...reading.record, people }, group?.info ?? null);
    // Nothing else changes these, so what was told meanwhile is kept.
    await update(id, (record) => ({
      ...record,
      ...foldedOf(named),
      handed: named.handed,
      doubt: reading.belied ?? record.doubt,
      people,
      secret: named.secret,
      offered: withoutOffer(record.offered, named.secret),
      fresh: record.fresh === named.secret ? null : record.fresh,
      info: named.info,
    }));
    if (before.fresh !== null && before.fresh === named.secret) await needs.onFresh(id);
    const record = known.get(id);
    if (record && reading.taken.length > 0) await needs.onTaken(record, reading.taken, before.state === null);
  }

  /** Opens its name with the secret, or with what it may have become; one that does not fit is none. */
  async function nameOf(record: GroupRecord, sealed: string | null): Promise<GroupRecord> {
    const { id, secret: last, fresh, offered, state } = record;
    if (sealed === null || state === null) return record;
    if ((await digestOf(subtle, sealed)) !== state.info) return record;
    for (const secret of new Set([last, fresh, ...Object.values(offered)])) {
      const info = secret === null ? null : await openInfo(subtle, secret, id, sealed);
      if (info) return { ...record, secret, info };
    }
    return { ...record, secret: null };
  }

  return {
    ready,
    get: (id) => known.get(id) ?? null,
    all: () => [...known.values()],
    update,
    async forget(id) {
      known.delete(id);
      await records.remove(id);
    },
    sync: (id) => turns(id, () => ready.then(() => syncNow(id))),
    take: (id, by, changes) => turns(id, () => ready.then(() => takeNow(id, by, changes))),
    lacks(id) {
      const record = known.get(id);
      if (!record?.state?.members.some((member) => member.id === ownId)) return stuck.has(id);
      return stuck.has(id) || (record.state.room === null && record.secret === null);
    },
    missing: (id) => absent.get(id) ?? [],
  };
}
