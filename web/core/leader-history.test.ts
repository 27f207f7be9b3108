/** Two devices of one person and the channel between them, which breaks as it likes. */
import 'fake-indexeddb/auto';
import { deleteDB, openDB } from 'idb';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { createStore } from './conversation/store.ts';
import { openDatabase } from './database.ts';
import { createJoin } from './history/frames.ts';
import { HISTORY_LIMITS } from './wire/history.ts';
import type { HistoryMove } from './history-model.ts';
import { startHistory } from './leader-history.ts';
import type { Message } from './model.ts';
import { fail, ok } from './result.ts';
import { createScope } from './scope.ts';
import { timeOfId } from './wire/message-id.ts';
import { unreported } from '../../tests/fakes/report.ts';

const access = { open: openDB, remove: deleteDB, KeyRange: IDBKeyRange };
const FRIENDS = ['ben-ben-ben-ben-ben-be', 'eve-eve-eve-eve-eve-ev'];
const EACH = 450;
const PATIENCE = 30_000;
let count = 0;

const until = <T>(read: () => T) => expect.poll(read, { timeout: 20_000 });

type Sent = string | Uint8Array<ArrayBuffer>;

/** Two ends of a channel; `filter` sees what goes over, and false closes it. */
function channelPair(filter: (data: Sent) => boolean = () => true): [FakeChannel, FakeChannel] {
  const [one, two] = [new FakeChannel(filter), new FakeChannel(filter)];
  one.other = two;
  two.other = one;
  return [one, two];
}

class FakeChannel extends EventTarget {
  readyState: RTCDataChannelState = 'open';
  other: FakeChannel | null = null;

  constructor(private readonly filter: (data: Sent) => boolean) {
    super();
  }

  send(data: Sent): void {
    if (!this.filter(data)) {
      this.close();
      return;
    }
    const copy = typeof data === 'string' ? data : data.slice().buffer;
    const { other } = this;
    queueMicrotask(
      () => other?.readyState === 'open' && other.dispatchEvent(new MessageEvent('message', { data: copy })),
    );
  }

  close(): void {
    for (const end of [this, this.other]) {
      if (!end || end.readyState === 'closed') continue;
      end.readyState = 'closed';
      end.dispatchEvent(new Event('close'));
    }
  }
}

interface Facts {
  /** Milliseconds. */
  readonly createdAt: number;
  readonly others: readonly number[];
  readonly trusts?: boolean;
  readonly ready?: boolean;
}

async function device(name: string, { createdAt, others, trusts = true, ready = true }: Facts) {
  const database = await openDatabase(access, `${name}-${(count += 1)}`);
  const store = createStore(database, IDBKeyRange);
  const shown: (HistoryMove | null)[] = [];
  const timers = new Set<() => void>();
  const scope = createScope();
  const links = { wanted: false };
  const devices = [createdAt, ...others].map((each, at) => ({
    id: `device-${at}`.padEnd(22, '0'),
    name: '',
    clientVersion: '',
    address: '',
    createdAt: each,
    lastSeen: each,
    online: true,
    current: each === createdAt,
  }));
  const state = { ready, caughtUp: Promise.resolve(), serverUp: true, asked: 0 };
  const history = startHistory({
    ownId: 'me-aaaaaaaaaaaaaaaaaaa',
    platform: {
      database: access,
      timers: {
        after: (ms, run) => {
          // Nobody's patience ends here.
          if (ms < PATIENCE) timers.add(run);
          return () => timers.delete(run);
        },
      },
      report: unreported,
    },
    scope,
    http: {
      ask(_method, _path, answer) {
        state.asked += 1;
        return Promise.resolve(state.serverUp ? ok(v.parse(answer, { devices })) : fail('network'));
      },
      tell: () => Promise.resolve(ok(undefined)),
    },
    database,
    isReady: () => state.ready,
    isOwn: () => Promise.resolve(trusts),
    caughtUp: () => state.caughtUp,
    wantLinks: (on) => (links.wanted = on),
    announce: () => undefined,
    show: (move) => shown.push(move),
  });
  const ids = async () => (await database.getAllKeys('messages')).map(String);
  /** All that waits for its time has its turn. */
  const passTime = () => {
    const due = [...timers];
    timers.clear();
    for (const run of due) run();
  };
  return { name, database, store, history, shown, ids, links, state, scope, passTime };
}
type Device = Awaited<ReturnType<typeof device>>;

function message(conversationId: string, n: number): Message {
  const id = String(n + 1).padStart(26, '0');
  const body = { kind: 'text', text: id } as const;
  return { id, conversationId, author: 'friend', at: timeOfId(id), body, state: 'read' };
}

async function fill({ store }: Device): Promise<void> {
  for (const conversationId of FRIENDS) {
    const messages = Array.from({ length: EACH }, (_, n) => message(conversationId, n));
    await store.addReceived(conversationId, 'friend', messages);
    await store.markRead(conversationId, messages.at(-1)!.id);
  }
}

function connect(one: Device, two: Device, filter?: (data: Sent) => boolean): FakeChannel {
  const [a, b] = channelPair(filter);
  for (const [own, other, channel] of [
    [one, two, a],
    [two, one, b],
  ] as const) {
    own.history.setChannel(other.name, channel);
    channel.addEventListener('close', () => own.history.setChannel(other.name, null));
  }
  one.history.setDevices([two.name]);
  two.history.setDevices([one.name]);
  return a;
}

async function pair() {
  const old = await device('old', { createdAt: 1, others: [2] });
  const fresh = await device('fresh', { createdAt: 2, others: [1] });
  await fill(old);
  return { old, fresh };
}

const isDone = async ({ database }: Device) => (await database.get('fetchWanted', 'all')) === undefined;
const isAsk = (data: Sent, type: string): data is string =>
  typeof data === 'string' && (JSON.parse(data) as { type: string }).type === type;

describe('a new device', () => {
  it('fetches all that the older one has, shows how far it is on both, and lets the link go', async () => {
    const { old, fresh } = await pair();
    connect(old, fresh);
    await until(() => isDone(fresh)).toBe(true);
    expect(await fresh.ids()).toEqual(await old.ids());
    expect(fresh.links.wanted).toBe(false);
    const total = FRIENDS.length * EACH;
    const last = { phase: 'complete', done: total, total };
    expect(fresh.shown.at(-1)).toEqual({ direction: 'in', deviceId: 'old', ...last });
    await until(() => old.shown.at(-1)).toEqual({ direction: 'out', deviceId: 'fresh', ...last });
    expect(fresh.shown.length).toBeGreaterThan(5);
    expect((await fresh.store.conversations()).map(({ unread }) => unread)).toEqual([0, 0]);
    expect(await fresh.database.count('fetched')).toBe(0);
  });

  it('goes on where it stopped, however often the link is cut', async () => {
    const { old, fresh } = await pair();
    const asked: string[] = [];
    let pages = 0;
    while (!(await isDone(fresh))) {
      const channel = connect(old, fresh, (data) => {
        if (!isAsk(data, 'page')) return true;
        asked.push(data);
        return (pages += 1) % 3 !== 0;
      });
      await until(async () => {
        fresh.passTime();
        return (await isDone(fresh)) || channel.readyState === 'closed';
      }).toBe(true);
    }
    expect(await fresh.ids()).toEqual(await old.ids());
    // Three pages each; what was cut off was asked for again, and nothing else was.
    expect(new Set(asked).size).toBe(6);
    expect(asked.length).toBeGreaterThan(6);
  });

  it('waits for its keys, and begins when they are there', async () => {
    const { old, fresh } = await pair();
    fresh.state.ready = false;
    connect(old, fresh);
    expect(await fresh.ids()).toEqual([]);
    fresh.state.ready = true;
    expect(fresh.shown).toEqual([]);
    expect(fresh.links.wanted).toBe(false);
    fresh.history.wake();
    await until(() => isDone(fresh)).toBe(true);
  });

  it('is given nothing before the older one has what waited for it', async () => {
    const { old, fresh } = await pair();
    let caughtUp = (): void => undefined;
    old.state.caughtUp = new Promise<void>((resolve) => (caughtUp = resolve));
    let sent = 0;
    connect(old, fresh, () => (sent += 1) > 0);
    await until(() => sent).toBeGreaterThan(0);
    const late = message(FRIENDS[0]!, EACH);
    await old.store.addReceived(FRIENDS[0]!, 'friend', [late]);
    caughtUp();
    await until(() => isDone(fresh)).toBe(true);
    expect(await fresh.ids()).toEqual(await old.ids());
    expect(await fresh.ids()).toContain(String([FRIENDS[0], late.id]));
  });

  it('stops when the person wants it to, keeps what came, and goes on from there when asked to', async () => {
    const { old, fresh } = await pair();
    connect(old, fresh, (data) => {
      if (isAsk(data, 'progress')) fresh.history.cancel();
      return true;
    });
    await until(() => isDone(fresh)).toBe(true);
    await until(() => fresh.links.wanted).toBe(false);
    const some = (await fresh.ids()).length;
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(FRIENDS.length * EACH);
    expect(fresh.shown.at(-1)).toBe(null);
    const asked: string[] = [];
    connect(old, fresh, (data) => {
      if (isAsk(data, 'page')) asked.push(data);
      return true;
    });
    fresh.history.fetchAll();
    await until(async () => (await fresh.ids()).length).toBe(FRIENDS.length * EACH);
    expect(asked.length).toBeLessThan(6);
  });

  it('takes what another new one has, but goes on looking for one that has all', async () => {
    const { old, fresh } = await pair();
    const third = await device('third', { createdAt: 3, others: [1, 2] });
    const [, line] = [await fill(fresh), await fresh.database.getAll('conversations')];
    expect(line.length).toBe(2);
    connect(third, fresh);
    await until(async () => (await third.ids()).length).toBe(FRIENDS.length * EACH);
    expect(await isDone(third)).toBe(false);
    await old.store.addReceived(FRIENDS[0]!, 'friend', [
      {
        id: String(9_999).padStart(26, '0'),
        conversationId: FRIENDS[0]!,
        author: 'friend',
        at: 0,
        body: { kind: 'text', text: 'only here' },
        state: 'delivered',
      },
    ]);
    connect(third, old);
    third.history.setDevices(['fresh', 'old']);
    await until(() => isDone(third)).toBe(true);
    expect(await third.ids()).toEqual(await old.ids());
  });
});

describe('the oldest device', () => {
  it('that cannot learn that it is one does not say that it lacks something', async () => {
    const { old } = await pair();
    old.state.serverUp = false;
    const [a, b] = channelPair();
    const join = createJoin(HISTORY_LIMITS.pageBytes);
    const lists: unknown[] = [];
    a.addEventListener('message', (event) => {
      if (!(event instanceof MessageEvent) || !(event.data instanceof ArrayBuffer)) return;
      const whole = join(new Uint8Array(event.data));
      if (whole instanceof Uint8Array) lists.push(JSON.parse(new TextDecoder().decode(whole)));
    });
    old.history.setChannel('fresh', b);
    a.send(JSON.stringify({ type: 'list' }));
    await until(() => old.state.asked).toBe(1);
    old.state.serverUp = true;
    a.send(JSON.stringify({ type: 'list' }));
    await until(() => lists.length).toBe(1);
    expect(lists).toMatchObject([{ complete: true }]);
  });

  it('has nothing to fetch', async () => {
    const { old, fresh } = await pair();
    connect(old, fresh);
    await until(() => isDone(old)).toBe(true);
    expect(old.links.wanted).toBe(false);
    expect(old.shown.every((move) => move?.direction !== 'in')).toBe(true);
  });
});

describe('a device that is not to be trusted', () => {
  it('gets no answer', async () => {
    const old = await device('old', { createdAt: 1, others: [2], trusts: false });
    await fill(old);
    const [a, b] = channelPair();
    const heard: unknown[] = [];
    a.addEventListener('message', ({ type }) => heard.push(type));
    old.history.setChannel('stranger', b);
    for (const ask of [{ type: 'list' }, { type: 'page', conversation: FRIENDS[0], before: null }]) {
      a.send(JSON.stringify(ask));
    }
    a.send('{"type":"everything"}');
    a.send('not JSON');
    await old.database.getAll('messages');
    await old.database.getAll('messages');
    expect(heard).toEqual([]);
  });

  it.each([
    ['leads in a circle', { before: FRIENDS[0] }],
    ['is of another conversation', { conversation: FRIENDS[1], before: null }],
    ['is none', { messages: 'many' }],
  ])('brings nothing by a page that %s', async (_name, wrong) => {
    const fresh = await device('fresh', { createdAt: 2, others: [1] });
    const [a, b] = channelPair();
    const id = '0'.repeat(25) + '5';
    let pages = 0;
    a.addEventListener('message', (event) => {
      const ask = JSON.parse((event as MessageEvent<string>).data) as {
        type: string;
        before?: string | null;
      };
      const list = { complete: true, parts: [{ conversation: FRIENDS[0], count: 9 }] };
      const page = { conversation: FRIENDS[0], readUpTo: null, messages: [], deletions: [], before: id };
      if (ask.type === 'list') a.send(frame(list));
      if (ask.type === 'page') a.send(frame((pages += 1) === 1 ? page : { ...page, ...wrong }));
    });
    fresh.history.setChannel('old', b);
    fresh.history.setDevices(['old']);
    await until(() => fresh.shown.at(-1)).toBe(null);
    expect(pages).toBe(2);
    expect(await isDone(fresh)).toBe(false);
  });

  it('is let go when its answer has no end', async () => {
    const fresh = await device('fresh', { createdAt: 2, others: [1] });
    const [a, b] = channelPair();
    let sent = 0;
    a.addEventListener('message', () => {
      const endless = new Uint8Array(64 * 1024).fill(32);
      endless[0] = 0;
      for (; sent < HISTORY_LIMITS.pageBytes * 2; sent += endless.length) a.send(endless);
    });
    fresh.history.setChannel('old', b);
    fresh.history.setDevices(['old']);
    await until(() => sent).toBeGreaterThan(HISTORY_LIMITS.pageBytes);
    expect(await isDone(fresh)).toBe(false);
    expect(fresh.shown).toEqual([]);
  });
});

function frame(content: unknown): Uint8Array<ArrayBuffer> {
  return new Uint8Array([1, ...new TextEncoder().encode(JSON.stringify(content))]);
}
