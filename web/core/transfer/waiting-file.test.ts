/** Files that wait on the server: sealed there, whole on the friend's disk, and never a dead end. */
import { describe, expect, it } from 'vitest';
import {
  connect,
  content,
  createDisk,
  createPage,
  file,
  ID,
  incoming,
  outgoing,
  reach,
  SIZE,
  soon,
  whole,
} from '../../../tests/fakes/transfer-pages.ts';
import type { Message, Result } from '../model.ts';
import type { TransferRecord } from './needs.ts';
import type { Timers } from '../platform.ts';
import { leaveFile, type WaitingFile } from './waiting-file.ts';

const { subtle } = crypto;
const fail = (code: 'not-found' | 'network' | 'mailbox-full'): Result<never> => ({
  ok: false,
  failure: { code },
});

/** Keeps what it is given; `refuse` answers in its place. */
function createServer(fileMax = 25 * 1024 * 1024) {
  const pieces = new Map<string, string>();
  const told: string[] = [];
  let refuse: (call: string) => Result<never> | null = () => null;
  const http = {
    ask: (_method: string, path: string) => {
      const refused = refuse(`GET ${path}`);
      if (refused) return Promise.resolve(refused);
      if (path === '/api/info')
        return Promise.resolve({ ok: true, value: { waitingFileMax: fileMax } } as const);
      const data = pieces.get(path);
      return Promise.resolve(data === undefined ? fail('not-found') : { ok: true, value: { data } });
    },
    tell: (method: string, path: string, body?: unknown) => {
      const refused = refuse(`${method} ${path}`);
      if (refused) return Promise.resolve(refused);
      told.push(`${method} ${path}`);
      if (method === 'PUT') pieces.set(path, (body as { data: string }).data);
      return Promise.resolve({ ok: true, value: undefined } as const);
    },
  };
  return {
    tools: { http: http as never, subtle },
    pieces,
    told,
    refuse: (how: typeof refuse) => (refuse = how),
  };
}

type Server = ReturnType<typeof createServer>;

const soonAfter: Timers = {
  after: (_ms, run) => {
    setTimeout(run);
    return () => undefined;
  },
};

/** Begins nothing before it is run. */
function leaving(server: Server, source: Pick<Blob, 'size' | 'slice'> = new Blob([content])) {
  const progress: number[] = [];
  const random = {
    bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
    fraction: () => 0,
  };
  const tools = { ...server.tools, random, timers: soonAfter };
  return { ...leaveFile(tools, source, ['bob'], (bytes) => progress.push(bytes)), progress };
}

const leave = (server: Server, source?: Pick<Blob, 'size' | 'slice'>) => leaving(server, source).run();

const announced = (message: Message, waits: WaitingFile): Message => ({
  ...message,
  body: { kind: 'file', file: { ...file, waits }, device: message.author === 'me' ? '' : 'ann-1' },
});

async function left(server = createServer()) {
  const end = await leave(server);
  if (end.end !== 'left') throw new Error(`not left: ${end.end}`);
  const { waits } = end;
  return { server, waits, message: announced(incoming, waits) };
}

const bobOf = (
  server: Server,
  received: Message,
  disk = createDisk(),
  records?: Map<string, TransferRecord>,
) => createPage(disk, records, { server: server.tools, received });

describe('a file that waits', () => {
  it('comes whole without any link to who sent it, and the server learns that it is there', async () => {
    const { server, waits, message } = await left();
    expect(server.pieces.size).toBeGreaterThan(SIZE / (192 * 1024) - 1);
    const bob = bobOf(server, message);
    bob.hub.accept(message, null);
    await reach([bob], 'complete');
    expect(whole(bob)).toBe(true);
    expect(server.told.at(-1)).toBe(`POST /api/blobs/${waits.id}/done`);
  });

  it('is sealed: the server has neither its bytes nor its key, and each file another one', async () => {
    const { server, waits } = await left();
    const again = await left();
    expect(again.waits.key).not.toBe(waits.key);
    const sealed = Buffer.concat([...server.pieces.values()].map((data) => Buffer.from(data, 'base64')));
    expect(sealed.includes(Buffer.from(content.subarray(1_000, 1_032)))).toBe(false);
    expect(JSON.stringify(server.told)).not.toContain(waits.key);
    const first = [...server.pieces.values()][0] ?? '';
    expect([...again.server.pieces.values()]).not.toContain(first);
  });

  it('may be empty', async () => {
    const server = createServer();
    expect(await leave(server, new Blob([]))).toMatchObject({ end: 'left' });
    expect(server.pieces.size).toBe(1);
  });

  it('goes on after a reload from the pieces that are there', async () => {
    const { server, waits, message } = await left();
    const disk = createDisk();
    const first = bobOf(server, message, disk);
    // The network goes in the middle, and the page with it.
    let stalled: (() => void) | null = null;
    server.refuse((call) => {
      if (call !== `GET /api/blobs/${waits.id}/12`) return null;
      stalled?.();
      return fail('network');
    });
    const stop = new Promise<void>((resolve) => (stalled = resolve));
    first.hub.accept(message, null);
    await stop;
    await soon(() => expect(disk.files.get(ID)?.verified).toBeGreaterThan(0));
    const record = [...first.records.values()].find(({ view }) => view.phase === 'moving');
    const verified = disk.files.get(ID)?.verified ?? 0;
    first.scope.end();
    server.refuse(() => null);
    const again = createDisk();
    again.files.set(ID, { bytes: new Uint8Array(disk.files.get(ID)!.bytes), verified });
    const bob = bobOf(server, message, again, record && new Map([[ID, record]]));
    await reach([bob], 'complete');
    expect(whole(bob)).toBe(true);
  });

  it.each<[string, (server: Server) => void]>([
    ['is gone', (server) => server.pieces.clear()],
    [
      'was altered',
      (server) => {
        const [path, data] = [...server.pieces][2]!;
        server.pieces.set(path, `${data.startsWith('A') ? 'B' : 'A'}${data.slice(1)}`);
      },
    ],
    [
      'is shorter than announced',
      (server) => {
        const [path] = [...server.pieces].at(-1)!;
        server.pieces.delete(path);
      },
    ],
  ])('that %s is asked of the friend’s page instead', async (_name, spoil) => {
    const { server, waits, message } = await left();
    spoil(server);
    const [ann, bob] = [createPage(), bobOf(server, message)];
    ann.hub.offer(announced(outgoing, waits), new Blob([content]));
    bob.hub.accept(message, null);
    await reach([bob], 'waiting');
    connect(ann, bob);
    await reach([ann, bob], 'complete', 'complete');
    expect(whole(bob)).toBe(true);
  });

  it('is taken back when its message is deleted', async () => {
    const { server, waits } = await left();
    const ann = createPage(undefined, undefined, { server: server.tools });
    ann.hub.offer(announced(outgoing, waits), new Blob([content]));
    ann.hub.forget(ID);
    await soon(() => expect(server.told.at(-1)).toBe(`DELETE /api/blobs/${waits.id}`));
  });
});

describe('a file on its way to the server', () => {
  it('is told of as it gets there', async () => {
    const one = leaving(createServer());
    await one.run();
    expect(one.progress.length).toBeGreaterThan(2);
    expect(one.progress).toEqual(one.progress.toSorted((a, b) => a - b));
    expect(one.progress.at(-1)).toBe(SIZE);
  });

  it('does not mind short absences of the network, and after a long one goes on from where it stopped', async () => {
    const server = createServer();
    let failures = 0;
    server.refuse((call) => (call.startsWith('PUT') && failures++ % 2 === 0 ? fail('network') : null));
    expect(await leave(server)).toMatchObject({ end: 'left' });
    server.refuse((call) => (call.endsWith('/2') ? fail('network') : null));
    const stopped = leaving(server);
    expect(await stopped.run()).toEqual({ end: 'failed', failure: { code: 'network' } });
    server.refuse(() => null);
    server.told.length = 0;
    expect(await stopped.run()).toMatchObject({ end: 'left' });
    expect(server.told[0]).toMatch(/^PUT .*\/2$/);
  });

  it('is sent from its beginning once the server gave up what was there of it, unless it gives up that, too', async () => {
    const server = createServer();
    let lost = 0;
    const loseAt = (times: number) => (call: string) =>
      call.endsWith('/2') && lost++ < times ? fail('not-found') : null;
    server.refuse(loseAt(1));
    const one = leaving(server);
    expect(await one.run()).toMatchObject({ end: 'left' });
    expect(server.told.filter((call) => call === 'POST /api/blobs')).toHaveLength(2);
    expect(server.told.filter((call) => call.endsWith('/0'))).toHaveLength(2);
    expect(one.progress.at(-1)).toBe(SIZE);
    lost = 0;
    server.refuse(loseAt(2));
    expect(await leave(server)).toEqual({ end: 'refused' });
  });

  it('is not pressed upon a server that asks for a long pause', async () => {
    const server = createServer();
    const failure = { code: 'rate-limited', retryAfter: 600 } as const;
    let asked = 0;
    server.refuse((call) => (call === 'POST /api/blobs' && ++asked > 0 ? { ok: false, failure } : null));
    expect(await leave(server)).toEqual({ end: 'failed', failure });
    expect(asked).toBe(1);
  });

  it('is taken back in the middle, and what is there of it goes', async () => {
    const server = createServer();
    const one = leaving(server);
    server.refuse((call) => {
      if (call.endsWith('/1')) one.takeBack();
      return null;
    });
    expect(await one.run()).toEqual({ end: 'taken-back' });
    expect(server.told.some((call) => call.startsWith('DELETE '))).toBe(true);
    expect(server.told.some((call) => call.endsWith('/2'))).toBe(false);
  });
});

describe('a file does not wait', () => {
  it('when it is larger than the host allows: the limit is told', async () => {
    expect(await leave(createServer(SIZE))).toEqual({ end: 'too-large', limit: SIZE });
  });

  it('when there is no room for it, or the server refuses it for another reason', async () => {
    const server = createServer();
    server.refuse((call) => (call === 'POST /api/blobs' ? fail('mailbox-full') : null));
    expect(await leave(server)).toEqual({ end: 'full' });
    server.refuse((call) => (call === 'POST /api/blobs' ? fail('not-found') : null));
    expect(await leave(server)).toEqual({ end: 'refused' });
    expect(server.told).toEqual([]);
  });

  it('when it cannot be read any more', async () => {
    const changed = { size: SIZE, slice: () => new Blob([]) };
    expect(await leave(createServer(), changed)).toEqual({ end: 'unreadable' });
  });
});

describe('a file that comes from the server', () => {
  it('goes on by itself after an absence of the network and at the server’s pace', async () => {
    const { server, message } = await left();
    const answers: Result<never>[] = [
      fail('network'),
      { ok: false, failure: { code: 'rate-limited', retryAfter: 1 } },
    ];
    server.refuse((call) => (call.startsWith('GET /api/blobs') ? (answers.pop() ?? null) : null));
    const bob = bobOf(server, message);
    bob.hub.accept(message, null);
    await reach([bob], 'complete');
    expect(whole(bob)).toBe(true);
  });
});
