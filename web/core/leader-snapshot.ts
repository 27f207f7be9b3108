/** The leading tab's sealed history on the server: takes it in where no other device gives the history, and renews it. Loaded when the account's secrets are there. */
import { devicesSchema } from '../../signaling/protocol/http.ts';
import { backOffDelay } from './back-off.ts';
import { announcementOf } from './conversation/conversation.ts';
import type { Announced } from './conversation/conversation.ts';
import { listHistory, readAllHistory } from './conversation/history-pages.ts';
import { mergeHistory } from './conversation/merging.ts';
import type { Database } from './database.ts';
import type { HistoryMove, SnapshotView } from './history-model.ts';
import { createPageReader } from './history/snapshot.ts';
import type { Introduction } from './history/snapshot.ts';
import { isKept, isWanted, newSnapshotRecord, stepOf } from './history/snapshot-plan.ts';
import type { Facts, SnapshotRecord } from './history/snapshot-plan.ts';
import type { Result } from './model.ts';
import type { Platform } from './platform.ts';
import { fail, ok } from './result.ts';
import type { Scope } from './scope.ts';
import type { Http } from './signaling/http.ts';
import { persist } from './signaling/persist.ts';
import { createSnapshotStore, problemOf } from './snapshot-store.ts';
import type { Current, Made, Opened } from './snapshot-store.ts';

export interface SnapshotNeeds {
  readonly platform: Pick<Platform, 'database' | 'timers' | 'random' | 'clock' | 'report'>;
  readonly subtle: SubtleCrypto;
  readonly scope: Scope;
  readonly http: Http;
  readonly database: Database;
  readonly accountId: string;
  /** By the server's clock, ms. */
  readonly now: () => number;
  /** Seed of the account's master key; null: this device lacks it, or has not got at it yet. */
  readonly master: () => Promise<string | null>;
  /** Whether that is not known yet. */
  readonly isStarting: () => boolean;
  /** Others of one's own that are online. */
  readonly others: () => readonly string[];
  /** The person is not at any tab. */
  readonly isIdle: () => boolean;
  readonly announce: (change: Announced) => void;
  readonly show: (view: SnapshotView) => void;
  readonly showMove: (move: HistoryMove | null) => void;
}

export interface LeaderSnapshot {
  /** Things may stand differently: secrets, devices, the person's presence. */
  wake(): void;
  look(): void;
  make(): void;
  remove(): void;
  /** Takes none in any more. */
  cancel(): void;
  /** Something changed in the history. */
  changed(): void;
}

/** In which another device that is online is heard of. */
const GRACE = 4_000;
const LOOK_EVERY = 30 * 60_000;
const RETRY = 60_000;
/** The server could not say how things stand: the person may be looking. */
const ASK_AGAIN = { first: 2_000, max: RETRY };
/** Of each request: some quarter of a minute without the server. */
const TRIES = 5;
/** Between two chunks, for what the person does. */
const BREATH = 20;

export function startSnapshot(needs: SnapshotNeeds): LeaderSnapshot {
  const { database, scope, http, subtle, accountId } = needs;
  const { timers, random } = needs.platform;
  const { KeyRange } = needs.platform.database;
  let working: Promise<unknown> = Promise.resolve();
  let cancelNext = (): void => undefined;
  /** What is under way ends at the next chunk. */
  let stopped = false;
  let opened: Opened | null = null;
  /** Making one failed for good, until the person asks again. */
  let blocked = false;
  /** There was something to do, and no secrets to do it with yet. */
  let waits = false;
  /** One that opened at first and then did not. */
  let damaged: string | null = null;
  let markedChanged = false;
  /** How often the server did not say how things stand, since it last did. */
  let unanswered = 0;
  let view: SnapshotView = { kept: false, max: null, last: null, making: null, problem: null };
  scope.own(() => cancelNext());

  function show(change: Partial<SnapshotView>): void {
    view = { ...view, ...change };
    needs.show(view);
  }

  const read = async (): Promise<SnapshotRecord> =>
    (await database.get('snapshot', 'own')) ?? newSnapshotRecord(false);

  async function save(change: Partial<SnapshotRecord>): Promise<void> {
    const transaction = database.transaction('snapshot', 'readwrite');
    const before = (await transaction.store.get('own')) ?? newSnapshotRecord(false);
    await transaction.store.put({ ...before, ...change }, 'own');
    await transaction.done;
  }

  const persistently = <T>(work: () => Promise<Result<T>>): Promise<Result<T>> =>
    persist(timers, TRIES, () => (stopped || scope.ended ? Promise.resolve(fail('not-found')) : work()));

  const server = createSnapshotStore({ http, subtle, random, accountId, persistently });

  const breathe = () => new Promise<void>((resolve) => void timers.after(BREATH, resolve));

  // --- One thing after the other ---------------------------------------------------------------------------------

  function enqueue(work: () => Promise<void>): void {
    working = working
      .then(() => (scope.ended ? undefined : work()))
      .catch((error: unknown) => {
        needs.platform.report('keeping the sealed history', error);
        show({ problem: 'storage', making: null });
        again(RETRY);
      });
  }

  function again(after: number): void {
    cancelNext();
    if (!scope.ended) cancelNext = timers.after(after, () => enqueue(step));
  }

  /** Looks how things stand, and does what is to be done. */
  async function step(): Promise<void> {
    if (stopped) return;
    again(RETRY);
    const master = await needs.master();
    const state = await server.state();
    waits ||= master === null;
    unanswered = state.ok ? 0 : unanswered + 1;
    if (!state.ok) {
      show({ problem: problemOf(state.failure) });
      again(backOffDelay(ASK_AGAIN, unanswered, random.fraction()));
    }
    if (!state.ok || master === null) return;
    const { max, current } = state.value;
    const found = current ? await open(master, current) : { ok: true as const, value: null };
    if (!found.ok) return;
    const facts = await factsOf(current, found.value !== null);
    const wanted = isWanted(facts);
    if (wanted !== facts.record.wanted) await save({ wanted });
    showState(facts, max, current);
    again(LOOK_EVERY);
    const next = stepOf(facts);
    if (next === 'take' && found.value) await take(found.value, facts.oldest);
    if (next === 'make' && !blocked) await (max === 0 ? refuseAll() : renew(master));
  }

  function showState(facts: Facts, max: number, current: Current | null): void {
    const kept = isKept(facts);
    const unreadable = current !== null && (current.id === damaged || (!facts.opens && !kept));
    const last = kept && current ? { at: current.at, bytes: current.bytes } : null;
    show({ kept, max, last, problem: unreadable ? 'unreadable' : blocked ? view.problem : null });
  }

  async function refuseAll(): Promise<void> {
    await save({ asked: false });
    blocked = true;
    show({ kept: false, problem: 'refused' });
  }

  async function factsOf(current: Current | null, opens: boolean): Promise<Facts> {
    const record = await read();
    const fetched = (await database.get('fetchWanted', 'all')) !== 'new';
    return {
      record,
      current,
      opens,
      fetched,
      oldest: record.wanted && current !== null && (await isOldest()),
      alone: needs.others().length === 0,
      idle: needs.isIdle(),
      now: needs.now(),
    };
  }

  /** While it is not known this device is taken for one that has an elder one. */
  async function isOldest(): Promise<boolean> {
    const answer = await http.ask('GET', '/api/devices', devicesSchema);
    if (!answer.ok) return false;
    const own = answer.value.devices.find(({ current }) => current);
    return answer.value.devices.every(({ createdAt }) => own !== undefined && createdAt >= own.createdAt);
  }

  async function open(master: string, current: Current): Promise<Result<Opened | null>> {
    if (opened?.current.id === current.id) return ok(opened);
    const found = await server.open(master, current);
    if (found.ok) opened = found.value;
    return found;
  }

  // --- Taking it in ----------------------------------------------------------------------------------------------

  async function take(from: Opened, oldest: boolean): Promise<void> {
    const { introduction } = from;
    const { id, chunks } = from.current;
    const { taking } = await read();
    let { chunk, done } = taking?.id === id ? taking : { chunk: 1, done: 0 };
    const reader = createPageReader();
    const total = () => Math.max(introduction.messages, done);
    for (; chunk < chunks; chunk++) {
      showTaking(introduction, done, total());
      const plain = await server.chunk(from, chunk);
      const pages = plain.ok && plain.value ? reader.take(plain.value) : null;
      // Whoever is there gives the history itself; this goes on when they are gone.
      const elsewhere = needs.others().length > 0 && !(await read()).asked;
      if (stopped || scope.ended || elsewhere || !plain.ok || !pages) {
        needs.showMove(null);
        if (plain.ok && !pages) await giveUp(id);
        else again(RETRY);
        return;
      }
      for (const page of pages) {
        const change = await mergeHistory(database, KeyRange, page, accountId);
        needs.announce(announcementOf(change));
        done += page.messages.length;
      }
      if (reader.whole()) await save({ taking: { id, chunk: chunk + 1, done } });
      await breathe();
    }
    showTaking(introduction, total(), total());
    await save({ took: id, taking: null, wanted: !oldest });
    again(0);
  }

  async function giveUp(id: string): Promise<void> {
    damaged = id;
    show({ problem: 'unreadable' });
    await save({ wanted: false, taking: null });
  }

  function showTaking({ at }: Introduction, done: number, total: number): void {
    if (total === 0) return;
    const phase = done < total ? 'moving' : 'complete';
    const asOf = at === undefined ? {} : { asOf: at };
    needs.showMove({ direction: 'in', deviceId: null, phase, done, total, ...asOf });
  }

  // --- Making one ------------------------------------------------------------------------------------------------

  async function renew(master: string): Promise<void> {
    markedChanged = false;
    const made = await make(master);
    show({ making: null });
    if (made === 'given-up') return;
    if ('id' in made) await save({ made: made.id, asked: false, changed: markedChanged });
    else {
      blocked = made.problem !== 'network';
      show({ problem: made.problem });
      if (!blocked) {
        again(RETRY);
        return;
      }
      await save({ asked: false });
    }
    again(0);
  }

  async function make(master: string): Promise<Made> {
    const parts = await listHistory(database, KeyRange);
    const total = parts.reduce((sum, { count }) => sum + count, 0);
    let done = 0;
    async function* counted() {
      for await (const page of readAllHistory(database, KeyRange, parts)) {
        done += page.messages.length;
        yield page;
      }
    }
    show({ making: { done, total }, problem: null });
    // By this device's own clock: the server's word must not make it newer than it is.
    const introduction = { messages: total, at: needs.platform.clock.now() };
    return server.put(master, introduction, counted(), () => {
      show({ making: { done: Math.min(done, total), total } });
      return breathe();
    });
  }

  // --- What the person asks --------------------------------------------------------------------------------------

  async function ask(): Promise<void> {
    blocked = false;
    await save({ asked: true });
    waits = (await needs.master()) === null;
    if (waits) show({ kept: true, problem: needs.isStarting() ? null : 'not-ready' });
    else await step();
  }

  async function remove(): Promise<void> {
    stopped = false;
    await save({ asked: false, wanted: false, taking: null });
    const removed = await server.remove();
    show({ problem: removed.ok ? null : problemOf(removed.failure), making: null });
    if (removed.ok) await step();
  }

  return {
    wake() {
      again(waits ? 0 : GRACE);
      waits = false;
    },
    look: () => enqueue(step),
    make: () => enqueue(ask),
    remove() {
      stopped = true;
      enqueue(remove);
    },
    cancel() {
      stopped = true;
      enqueue(async () => {
        stopped = false;
        await save({ wanted: false, taking: null });
      });
    },
    changed() {
      if (markedChanged) return;
      markedChanged = true;
      save({ changed: true }).catch((error: unknown) => {
        needs.platform.report('noting that the history changed', error);
        markedChanged = false;
      });
    },
  };
}
