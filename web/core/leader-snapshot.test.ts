/** Devices of one person and a server that keeps, or spoils, what they put there. */
import 'fake-indexeddb/auto';
import { deleteDB, openDB } from 'idb';
import { webcrypto } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type * as v from 'valibot';
import type { ErrorCode } from '../../signaling/protocol/errors.ts';
import { createStore } from './conversation/store.ts';
import { openDatabase } from './database.ts';
import type { HistoryMove, SnapshotView } from './history-model.ts';
import { startSnapshot } from './leader-snapshot.ts';
import type { Message } from './model.ts';
import { DONE, fail, ok } from './result.ts';
import { createScope } from './scope.ts';
import type { Http } from './signaling/http.ts';
import { timeOfId } from './wire/message-id.ts';
import { unreported } from '../../tests/fakes/report.ts';

const access = { open: openDB, remove: deleteDB, KeyRange: IDBKeyRange };
const subtle = webcrypto.subtle as SubtleCrypto;
const random = { bytes: (n: number) => webcrypto.getRandomValues(new Uint8Array(n)), fraction: () => 0.5 };
const ADA = 'ada-ada-ada-ada-ada-ad';
const BEN = 'ben-ben-ben-ben-ben-be';
const MASTER = 'm'.repeat(43);
const DAY = 24 * 3_600_000;
const MESSAGES = 600;
let count = 0;

const until = <T>(read: () => T) => expect.poll(read, { timeout: 20_000 });

interface Kept {
  id: string;
  chunks: string[];
  at: number;
}

/** As signaling/snapshots does it, with what goes wrong on purpose. */
class Server {
  max = 1e9;
  now = 50 * DAY;
  current: Kept | null = null;
  coming: Kept | null = null;
  /** Answers a request with this instead. */
  trouble: (method: string, path: string) => ErrorCode | null = () => null;
  readonly seen: string[] = [];

  /** Of one device: when each signed in, its own first. */
  http(signedIn: () => readonly number[]): Http {
    const found = (path: string): unknown => {
      if (path === '/api/devices') {
        const times = signedIn();
        return { devices: times.map((createdAt, n) => ({ createdAt, current: n === 0 })) };
      }
      const { max, current } = this;
      if (path === '/api/snapshot') {
        const bytes = current?.chunks.join('').length ?? 0;
        return { max, current: current && { ...current, chunks: current.chunks.length, bytes } };
      }
      const [, id, chunk] = /^\/api\/snapshot\/(.+)\/(\d+)$/.exec(path) ?? [];
      const data = current?.id === id ? current?.chunks[Number(chunk)] : undefined;
      return data === undefined ? null : { data };
    };
    return {
      ask: <S extends v.GenericSchema>(method: string, path: string) => {
        this.seen.push(`${method} ${path}`);
        const wrong = this.trouble(method, path);
        const answer = wrong ? null : found(path);
        return Promise.resolve(answer ? ok(answer as v.InferOutput<S>) : fail(wrong ?? 'not-found'));
      },
      tell: (method, path, body) => {
        this.seen.push(`${method} ${path}`);
        const wrong = this.trouble(method, path);
        if (wrong) return Promise.resolve(fail(wrong));
        this.told(method, path, body as { id: string; data: string });
        return Promise.resolve(DONE);
      },
    };
  }

  private told(method: string, path: string, body: { id: string; data: string }): void {
    if (method === 'DELETE') this.current = null;
    else if (method === 'PUT') this.coming?.chunks.push(body.data);
    else if (path === '/api/snapshot') this.coming = { id: body.id, chunks: [], at: 0 };
    else {
      this.current = { ...this.coming!, at: this.now };
      this.coming = null;
    }
  }

  began(): number {
    return this.seen.filter((each) => each === 'POST /api/snapshot').length;
  }
}

/** By the clock of the device that makes one. */
const MADE = 1_790_000_000_000;

interface Situation {
  readonly others?: readonly string[];
  readonly signedIn?: readonly number[];
  readonly master?: string | null;
}

async function device(server: Server, situation: Situation = {}) {
  const database = await openDatabase(access, `snapshot-${(count += 1)}`);
  const store = createStore(database, IDBKeyRange);
  const shown: SnapshotView[] = [];
  const moves: (HistoryMove | null)[] = [];
  const state = {
    others: [] as readonly string[],
    signedIn: [1],
    master: MASTER as string | null,
    idle: true,
  };
  Object.assign(state, situation);
  const due = new Set<() => void>();
  const snapshot = startSnapshot({
    platform: {
      database: access,
      random,
      report: unreported,
      clock: { now: () => MADE, monotonic: () => 0 },
      timers: {
        after: (ms, run) => {
          // What waits for a moment only does not wait here; what looks again later does when it is told to.
          if (ms <= 10_000) queueMicrotask(run);
          else due.add(run);
          return () => due.delete(run);
        },
      },
    },
    subtle,
    scope: createScope(),
    http: server.http(() => state.signedIn),
    database,
    accountId: ADA,
    now: () => server.now,
    master: () => Promise.resolve(state.master),
    isStarting: () => false,
    others: () => state.others,
    isIdle: () => state.idle,
    announce: () => snapshot.changed(),
    show: (view) => shown.push(view),
    showMove: (move) => moves.push(move),
  });
  /** Whatever waits for its time has its turn. */
  const pass = () => {
    const runs = [...due];
    due.clear();
    for (const run of runs) run();
  };
  const record = () => database.get('snapshot', 'own');
  const ids = async () => (await database.getAllKeys('messages')).map(String);
  return { database, store, snapshot, shown, moves, state, pass, record, ids, view: () => shown.at(-1) };
}
type Device = Awaited<ReturnType<typeof device>>;

async function fill({ store }: Device, from = 0, many = MESSAGES): Promise<void> {
  const messages = Array.from({ length: many }, (_, n): Message => {
    const id = String(from + n + 1).padStart(26, '0');
    const body = { kind: 'text', text: `${id} ${'and so on '.repeat(60)}` } as const;
    return { id, conversationId: BEN, author: 'friend', at: timeOfId(id), body, state: 'read' };
  });
  await store.addReceived(BEN, 'friend', messages);
}

/** A device with a history that it keeps on the server. */
async function kept() {
  const server = new Server();
  const old = await device(server);
  await fill(old);
  old.snapshot.make();
  await until(() => old.view()?.last?.at).toBe(server.now);
  return { server, old };
}
const young = { signedIn: [2, 1] };

describe('a snapshot', () => {
  it('is made when the person asks, in several chunks, and shown with its progress', async () => {
    const { server, old } = await kept();
    expect(server.current!.chunks.length).toBeGreaterThan(2);
    expect(server.current!.chunks.map(atob).join('')).not.toContain('and so on');
    const steps = old.shown.flatMap(({ making }) => (making ? [making.done] : []));
    expect(steps[0]).toBe(0);
    expect(steps.at(-1)).toBe(MESSAGES);
    expect(old.view()).toMatchObject({ kept: true, making: null, problem: null });
  });

  it('is not made for somebody who did not ask, whatever the server says', async () => {
    const server = new Server();
    const one = await device(server);
    await fill(one);
    server.current = { id: 'forged-forged-forged-f', chunks: [btoa('\u0001 nothing')], at: 0 };
    one.snapshot.look();
    await until(() => one.view()?.problem).toBe('unreadable');
    expect(one.view()).toMatchObject({ kept: false, last: null });
    expect(server.began()).toBe(0);
  });

  it('is renewed the day after, only if something changed', async () => {
    const { server, old } = await kept();
    server.now += 2 * DAY;
    old.snapshot.look();
    await until(() => server.seen.filter((each) => each === 'GET /api/snapshot').length).toBe(3);
    expect(server.began()).toBe(1);
    await fill(old, MESSAGES, 1);
    old.snapshot.changed();
    old.snapshot.look();
    await until(() => old.view()?.last?.at).toBe(server.now);
    expect(server.began()).toBe(2);
  });

  it('is begun again after a cut', async () => {
    const server = new Server();
    const one = await device(server);
    await fill(one);
    server.trouble = (method, path) => (method === 'PUT' && path.endsWith('/2') ? 'internal' : null);
    one.snapshot.make();
    await until(() => one.view()?.problem).toBe('network');
    expect(server.current).toBeNull();
    server.trouble = () => null;
    one.pass();
    await until(() => one.view()?.last?.at).toBe(server.now);
    expect(one.view()?.problem).toBeNull();
  });

  it('is made, as asked, a little later if the server could not say at once how things stand', async () => {
    const server = new Server();
    const one = await device(server);
    await fill(one);
    const asked = (path: string) => server.seen.filter((each) => each === `GET ${path}`).length;
    server.trouble = (_method, path) => (path === '/api/snapshot' && asked(path) < 3 ? 'unavailable' : null);
    one.snapshot.make();
    await until(() => one.view()?.last?.at).toBe(server.now);
    expect(one.shown.map(({ problem }) => problem)).toContain('network');
    expect(one.view()).toMatchObject({ kept: true, problem: null });
  });

  it.each([
    ['too-large', 'too-large', 'PUT'],
    ['rate-limited', 'busy', 'POST'],
  ] as const)('is not tried again by itself after %s', async (code, problem, at) => {
    const server = new Server();
    const one = await device(server);
    await fill(one);
    server.trouble = (method) => (method === at ? code : null);
    one.snapshot.make();
    await until(async () => [one.view()?.problem, (await one.record())?.asked]).toEqual([problem, false]);
    await until(() => one.view()?.kept).toBe(false);
    const tries = server.began();
    one.snapshot.look();
    await until(() => one.view()?.problem).toBe(problem);
    expect(server.began()).toBe(tries);
  });

  it('waits for the account’s secrets, and says so', async () => {
    const server = new Server();
    const one = await device(server, { master: null });
    one.snapshot.make();
    await until(() => one.view()?.problem).toBe('not-ready');
    expect(server.began()).toBe(0);
    one.state.master = MASTER;
    one.snapshot.wake();
    one.pass();
    await until(() => one.view()).toMatchObject({ kept: true, problem: null, last: { at: server.now } });
  });

  it('cannot be where the server keeps none', async () => {
    const server = new Server();
    server.max = 0;
    const one = await device(server);
    one.snapshot.make();
    await until(() => one.view()?.problem).toBe('refused');
    expect(server.began()).toBe(0);
    expect(one.view()?.kept).toBe(false);
  });

  it('is gone when the person says so, also in the middle, and comes back only when they ask', async () => {
    const { server, old } = await kept();
    server.trouble = (method, path) => {
      if (method === 'PUT' && path.endsWith('/2')) old.snapshot.remove();
      return null;
    };
    old.snapshot.make();
    await until(() => server.began()).toBe(2);
    await until(() => old.view()).toMatchObject({ kept: false, last: null, making: null, problem: null });
    expect(server.current).toBeNull();
    server.now += 2 * DAY;
    old.snapshot.look();
    old.pass();
    await until(async () => (await old.record())?.asked).toBe(false);
    expect(server.current).toBeNull();
  });
});

describe('a new device', () => {
  it('takes it in when no other one is there, shows how far it is, and still wants the elder one’s', async () => {
    const { server, old } = await kept();
    const fresh = await device(server, young);
    fresh.snapshot.look();
    await until(() => fresh.moves.at(-1)?.phase).toBe('complete');
    expect(await fresh.ids()).toEqual(await old.ids());
    expect(fresh.moves[0]).toMatchObject({ direction: 'in', deviceId: null, phase: 'moving' });
    // As is sealed with it, not as the server says.
    expect(fresh.moves.at(-1)).toMatchObject({ done: MESSAGES, total: MESSAGES, asOf: MADE });
    expect(await fresh.database.get('fetchWanted', 'all')).toBe('new');
    await until(() => fresh.view()).toMatchObject({ kept: true, problem: null });
    // It has what is there, so it may put its own in its place.
    expect(server.began()).toBe(1);
    fresh.snapshot.make();
    await until(() => server.began()).toBe(2);
  });

  it('leaves it to another one that is there, and goes on where it stopped when that is gone', async () => {
    const { server, old } = await kept();
    const fresh = await device(server, { ...young, others: ['old'] });
    fresh.snapshot.look();
    await until(() => fresh.view()?.kept).toBe(true);
    expect(await fresh.ids()).toEqual([]);
    fresh.state.others = [];
    server.trouble = (_, path) => {
      if (path.endsWith('/2')) fresh.state.others = ['old'];
      return null;
    };
    fresh.snapshot.look();
    await until(() => fresh.moves.at(-1)).toBeNull();
    const part = (await fresh.ids()).length;
    expect(part).toBeGreaterThan(0);
    expect(part).toBeLessThan(MESSAGES);
    server.trouble = () => null;
    fresh.state.others = [];
    server.seen.length = 0;
    fresh.snapshot.look();
    await until(() => fresh.moves.at(-1)?.phase).toBe('complete');
    expect(await fresh.ids()).toEqual(await old.ids());
    expect(server.seen.filter((each) => each.endsWith('/1'))).toEqual([]);
  });

  it('takes in what came before a chunk that was changed or cut off, and says that the rest is unreadable', async () => {
    const { server } = await kept();
    server.current!.chunks.pop();
    const fresh = await device(server, young);
    fresh.snapshot.look();
    await until(() => fresh.view()?.problem).toBe('unreadable');
    const part = (await fresh.ids()).length;
    expect(part).toBeGreaterThan(0);
    expect(part).toBeLessThan(MESSAGES);
    expect(fresh.moves.at(-1)).toBeNull();
  });

  it('of another account, or with other keys, takes nothing', async () => {
    const { server } = await kept();
    const other = await device(server, { ...young, master: 'n'.repeat(43) });
    other.snapshot.look();
    await until(() => other.view()?.problem).toBe('unreadable');
    expect(await other.ids()).toEqual([]);
  });

  it('does not go on when the person ends it', async () => {
    const { server } = await kept();
    const fresh = await device(server, young);
    server.trouble = (_, path) => {
      if (path.endsWith('/2')) fresh.snapshot.cancel();
      return null;
    };
    fresh.snapshot.look();
    await until(async () => (await fresh.record())?.wanted).toBe(false);
    const part = (await fresh.ids()).length;
    fresh.snapshot.look();
    await until(() => fresh.view()?.kept).toBe(true);
    expect((await fresh.ids()).length).toBe(part);
    expect(part).toBeLessThan(MESSAGES);
  });
});
