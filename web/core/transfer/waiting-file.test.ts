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

const leave = (server: Server, source: Blob = new Blob([content])) =>
  leaveFile(
    {
      ...server.tools,
      random: { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)), fraction: () => 0 },
      timers: {
        after: (_ms, run) => {
          setTimeout(run);
          return () => undefined;
        },
      },
    },
    source,
    ['bob'],
  );

const announced = (message: Message, waits: WaitingFile): Message => ({
  ...message,
  body: { kind: 'file', file: { ...file, waits }, device: message.author === 'me' ? '' : 'ann-1' },
});

async function left(server = createServer()) {
  const waits = await leave(server);
  if (waits === null) throw new Error('not left');
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
    expect(await leave(server, new Blob([]))).not.toBeNull();
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

describe('a file does not wait', () => {
  it('when it is larger than the host allows, or the server refuses it', async () => {
    expect(await leave(createServer(SIZE))).toBeNull();
    const full = createServer();
    full.refuse((call) => (call === 'POST /api/blobs' ? fail('mailbox-full') : null));
    expect(await leave(full)).toBeNull();
    expect(full.told).toEqual([]);
  });

  it('when the network stays away; short absences do not matter', async () => {
    const server = createServer();
    let failures = 0;
    server.refuse((call) => (call.startsWith('PUT') && failures++ % 2 === 0 ? fail('network') : null));
    expect(await leave(server)).not.toBeNull();
    const gone = createServer();
    gone.refuse((call) => (call.startsWith('PUT') ? fail('network') : null));
    expect(await leave(gone)).toBeNull();
    expect(gone.told.at(-1)).toMatch(/^DELETE /);
  });

  it('when it cannot be read any more', async () => {
    const changed = { size: SIZE, slice: () => new Blob([]) } as unknown as Blob;
    const server = createServer();
    expect(await leave(server, changed)).toBeNull();
    expect(server.told.at(-1)).toMatch(/^DELETE /);
  });
});
