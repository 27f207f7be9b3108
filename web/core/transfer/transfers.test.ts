/** Two pages' transfers over a channel that can be cut, with disks in memory. */
import { describe, expect, it, vi } from 'vitest';
import { createPieceWriter } from '../../worker/disk/piece-writer.ts';
import type { Message, TransferView } from '../model.ts';
import { createScope } from '../scope.ts';
import { PIECE_BYTES } from '../wire/file-frame.ts';
import type { DataChannel } from './bulk-channel.ts';
import type { DiskReply, DiskRequest } from './disk-messages.ts';
import type { DiskPort, TransferRecord } from './needs.ts';
import type { FileSource } from './run.ts';
import { createTransfers } from './transfers.ts';

/** However busy the machine is. */
const soon = (check: () => void) => vi.waitFor(check, { timeout: 20_000 });

class FakeChannel extends EventTarget {
  readyState: RTCDataChannelState = 'open';
  bufferedAmount = 0;
  bufferedAmountLowThreshold = 0;
  other: FakeChannel | null = null;
  /** What goes out, may be changed on the way; null is lost. */
  spoil: (data: string | ArrayBuffer) => string | ArrayBuffer | null = (data) => data;

  send(data: string | Uint8Array<ArrayBuffer>): void {
    const sent = this.spoil(typeof data === 'string' ? data : data.slice().buffer);
    if (sent === null) return;
    setTimeout(() => {
      if (this.other?.readyState === 'open')
        this.other.dispatchEvent(new MessageEvent('message', { data: sent }));
    });
  }

  cut(): void {
    for (const end of [this, this.other]) {
      if (!end) continue;
      end.readyState = 'closed';
      end.dispatchEvent(new Event('close'));
    }
  }
}

function createDisk() {
  const files = new Map<string, { bytes: Uint8Array; verified: number }>();
  let full = false;
  const start = (): DiskPort => {
    let answer: (reply: DiskReply) => void = () => undefined;
    const reply = (message: DiskReply) => setTimeout(() => answer(message));
    const writers = new Map<string, ReturnType<typeof createPieceWriter>>();
    const open = ({ id, size }: Extract<DiskRequest, { do: 'open' }>) => {
      const file = files.get(id) ?? { bytes: new Uint8Array(size), verified: 0 };
      files.set(id, file);
      const none = () => Promise.resolve();
      const sink = {
        verified: file.verified,
        write: (bytes: Uint8Array, at: number) => {
          if (full) return Promise.reject(new Error('full'));
          file.bytes.set(bytes, at);
          file.verified = Math.ceil((at + bytes.length) / PIECE_BYTES);
          return Promise.resolve();
        },
        finish: none,
        release: none,
        discard: none,
      };
      const writer = createPieceWriter({
        size,
        sink,
        digest: (bytes) => crypto.subtle.digest('SHA-256', bytes),
        onVerified: (stream, count) => reply({ did: 'verify', id, stream, count }),
        onRefused: (stream) => reply({ did: 'refuse', id, stream }),
        onFailed: () => reply({ did: 'fail', id, reason: 'storage-full' }),
      });
      writers.set(id, writer);
      reply({ did: 'open', id, verified: file.verified });
    };
    return {
      onReply: (listener) => (answer = listener),
      post(request) {
        if (request.do === 'open') open(request);
        else if (request.do === 'begin') writers.get(request.id)?.begin(request.stream, request.from);
        else if (request.do === 'frames')
          for (const bytes of request.frames) writers.get(request.id)?.frame(bytes);
        else if (request.do === 'expect') writers.get(request.id)?.expect(request.index, request.sha256);
        else if (request.do === 'finish') reply({ did: 'finish', id: request.id });
        else if (request.do === 'discard') files.delete(request.id);
        else if (request.do === 'sweep') {
          for (const id of files.keys()) if (!request.keep.includes(id)) files.delete(id);
        }
      },
    };
  };
  return { files, start, setFull: (on: boolean) => (full = on) };
}

function createPage(disk = createDisk(), records = new Map<string, TransferRecord>()) {
  const scope = createScope();
  let views: ReadonlyMap<string, TransferView> = new Map();
  const wants: boolean[] = [];
  const hub = createTransfers({
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    timers: {
      after: (ms, run) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    },
    scope,
    digest: (bytes) => crypto.subtle.digest('SHA-256', bytes),
    toBase64: (bytes) => btoa(String.fromCharCode(...bytes)),
    firstStream: Math.floor(Math.random() * 1e6),
    disk: disk.start,
    records: {
      all: () => Promise.resolve([...records.values()]),
      put: (record) => Promise.resolve(void records.set(record.view.id, record)),
      remove: (id) => Promise.resolve(void records.delete(id)),
    },
    message: (_friendId, id) => Promise.resolve(id === ID ? incoming : null),
    want: (_friendId, on) => wants.push(on),
    onChange: (next) => (views = next),
  });
  return { hub, disk, records, scope, wants, view: () => views.get(ID) };
}

type Page = ReturnType<typeof createPage>;

const ID = 'M1';
const SIZE = 5 * PIECE_BYTES + 123;
const content = new Uint8Array(SIZE).map((_, at) => (at * 7) % 253);
const base = { id: ID, at: 0, state: 'delivered' } as const;
const file = { name: 'x.bin', size: SIZE, type: '' };
const outgoing: Message = {
  ...base,
  friendId: 'bob',
  author: 'me',
  body: { kind: 'file', file, device: '' },
};
const incoming: Message = {
  ...base,
  friendId: 'ann',
  author: 'friend',
  body: { kind: 'file', file, device: 'ann-1' },
};

function connect(ann: Page, bob: Page) {
  const [a, b] = [new FakeChannel(), new FakeChannel()];
  a.other = b;
  b.other = a;
  ann.hub.setChannel({ userId: 'bob', deviceId: 'bob-1' }, a as FakeChannel & DataChannel);
  bob.hub.setChannel({ userId: 'ann', deviceId: 'ann-1' }, b as FakeChannel & DataChannel);
  return { a, b };
}

function disconnect(ann: Page, bob: Page, { a }: { a: FakeChannel }) {
  a.cut();
  ann.hub.setChannel({ userId: 'bob', deviceId: 'bob-1' }, null);
  bob.hub.setChannel({ userId: 'ann', deviceId: 'ann-1' }, null);
}

const phases = (...pages: Page[]) => pages.map((page) => page.view()?.phase);
const reach = (pages: Page[], ...expected: string[]) =>
  soon(() => expect(phases(...pages)).toEqual(expected));
const whole = (page: Page) => {
  const bytes = page.disk.files.get(ID)?.bytes;
  return bytes?.length === SIZE && bytes.every((byte, at) => byte === content[at]);
};

function offered(source: FileSource = new Blob([content])) {
  const [ann, bob] = [createPage(), createPage()];
  const wire = connect(ann, bob);
  ann.hub.offer(outgoing, source);
  return { ann, bob, wire };
}

/** From the third piece on, nothing of the file gets through any more. */
function stall(wire: { a: FakeChannel }, after = 40) {
  let frames = 0;
  wire.a.spoil = (data) => {
    const isFile = typeof data !== 'string' || data.includes('"piece"');
    if (typeof data !== 'string') frames += 1;
    return isFile && frames > after ? null : data;
  };
}

async function cutInTheMiddle(ann: Page, bob: Page, wire: { a: FakeChannel }) {
  stall(wire);
  bob.hub.accept(incoming, null);
  await soon(() => expect(bob.view()?.bytes).toBe(2 * PIECE_BYTES));
  disconnect(ann, bob, wire);
}

describe('a file', () => {
  it('goes over whole, and both pages say so', async () => {
    const { ann, bob } = offered();
    expect(ann.view()).toMatchObject({ phase: 'offered', direction: 'out', file: { name: 'x.bin' } });
    bob.hub.accept(incoming, null);
    await reach([ann, bob], 'complete', 'complete');
    expect(whole(bob)).toBe(true);
    expect(bob.view()).toMatchObject({ bytes: SIZE, kept: true, file: { name: 'x.bin' } });
    expect(bob.wants.at(-1)).toBe(false);
    expect(bob.wants).toContain(true);
  });

  it('goes on after the link was cut, from the pieces that are there', async () => {
    const { ann, bob, wire } = offered();
    await cutInTheMiddle(ann, bob, wire);
    await reach([ann, bob], 'waiting', 'waiting');
    const again = connect(ann, bob);
    const accepts: unknown[] = [];
    again.b.spoil = (data) => {
      if (typeof data === 'string') accepts.push(JSON.parse(data));
      return data;
    };
    await reach([ann, bob], 'complete', 'complete');
    expect(whole(bob)).toBe(true);
    expect(accepts).toContainEqual({ type: 'verified', stream: expect.any(Number) as number, count: 3 });
    expect(accepts).not.toContainEqual({ type: 'verified', stream: expect.any(Number) as number, count: 2 });
  });

  it('goes on after the receiving page was reloaded', async () => {
    const { ann, bob, wire } = offered();
    await cutInTheMiddle(ann, bob, wire);
    bob.scope.end();
    const reloaded = createPage(bob.disk, bob.records);
    connect(ann, reloaded);
    await reach([ann, reloaded], 'complete', 'complete');
    expect(whole(reloaded)).toBe(true);
  });

  it('that was saved leaves the browser’s own storage at the next start, and only that', async () => {
    const { bob } = offered();
    bob.hub.accept(incoming, null);
    await soon(() => expect(bob.view()?.phase).toBe('complete'));
    const untouched = createPage(bob.disk, bob.records);
    await soon(() => expect(untouched.view()).toMatchObject({ phase: 'complete', kept: true }));
    expect(bob.disk.files.has(ID)).toBe(true);

    bob.hub.saved(ID);
    const started = createPage(bob.disk, bob.records);
    await soon(() => expect(started.view()).toMatchObject({ phase: 'complete', kept: false }));
    expect(bob.disk.files.has(ID)).toBe(false);
    expect(bob.records.get(ID)?.view.kept).toBe(false);
  });

  it('whose message was deleted stops on both pages, and leaves nothing behind', async () => {
    const { ann, bob, wire } = offered();
    stall(wire);
    bob.hub.accept(incoming, null);
    await soon(() => expect(bob.view()?.bytes).toBe(2 * PIECE_BYTES));
    ann.hub.forget(ID);
    await soon(() => expect(bob.view()?.stop).toEqual({ by: 'friend', reason: 'person' }));
    bob.hub.forget(ID);
    await soon(() => expect(phases(ann, bob)).toEqual([undefined, undefined]));
    await soon(() => expect(bob.disk.files.size + bob.records.size + ann.records.size).toBe(0));
    expect([ann.wants.at(-1), bob.wants.at(-1)]).toEqual([false, false]);
  });

  it('that has come goes from the browser’s own storage with its message, also after a reload', async () => {
    const { bob } = offered();
    bob.hub.accept(incoming, null);
    await soon(() => expect(bob.view()?.phase).toBe('complete'));
    bob.disk.files.set('another', { bytes: new Uint8Array(1), verified: 1 });
    bob.records.set('another', { ...bob.records.get(ID)!, view: { ...bob.view()!, id: 'another' } });
    const reloaded = createPage(bob.disk, bob.records);
    reloaded.hub.forget(ID);
    await soon(() => expect([...bob.disk.files.keys()]).toEqual(['another']));
    expect([...bob.records.keys()]).toEqual(['another']);
  });

  it('is gone when the sending page was reloaded, and the receiver hears of it', async () => {
    const { ann, bob, wire } = offered();
    await cutInTheMiddle(ann, bob, wire);
    const reloaded = createPage(ann.disk, ann.records);
    connect(reloaded, bob);
    await reach([reloaded, bob], 'stopped', 'stopped');
    expect(reloaded.view()?.stop).toEqual({ by: 'me', reason: 'gone' });
    expect(bob.view()?.stop).toEqual({ by: 'friend', reason: 'gone' });
  });

  it('with a piece spoiled on the way has it sent again', async () => {
    const { ann, bob, wire } = offered();
    let frames = 0;
    wire.a.spoil = (data) => {
      if (typeof data !== 'string' && ++frames === 20) new Uint8Array(data)[100]! ^= 1;
      return data;
    };
    bob.hub.accept(incoming, null);
    await reach([ann, bob], 'complete', 'complete');
    expect(whole(bob)).toBe(true);
  });

  it('that is empty arrives too', async () => {
    const [ann, bob] = [createPage(), createPage()];
    connect(ann, bob);
    const empty = { kind: 'file', file: { ...file, size: 0 } } as const;
    ann.hub.offer({ ...outgoing, body: { ...empty, device: '' } }, new Blob([]));
    bob.hub.accept({ ...incoming, body: { ...empty, device: 'ann-1' } }, null);
    await reach([ann, bob], 'complete', 'complete');
  });
});

describe('the end of a transfer', () => {
  it('by declining', async () => {
    const { ann, bob } = offered();
    bob.hub.decline(incoming);
    await reach([ann, bob], 'declined', 'declined');
  });

  it('by declining while the link is away', async () => {
    const { ann, bob, wire } = offered();
    disconnect(ann, bob, wire);
    bob.hub.decline(incoming);
    connect(ann, bob);
    await reach([ann, bob], 'declined', 'declined');
  });

  it.each(['ann', 'bob'] as const)('by cancel of %s in the middle', async (who) => {
    const { ann, bob, wire } = offered();
    stall(wire);
    bob.hub.accept(incoming, null);
    await reach([ann, bob], 'moving', 'moving');
    (who === 'ann' ? ann : bob).hub.cancel(who === 'ann' ? outgoing : incoming);
    await reach([ann, bob], 'stopped', 'stopped');
    const mine = { by: 'me', reason: 'person' };
    const theirs = { by: 'friend', reason: 'person' };
    expect([ann.view()?.stop, bob.view()?.stop]).toEqual(who === 'ann' ? [mine, theirs] : [theirs, mine]);
    expect(bob.disk.files.has(ID)).toBe(false);
  });

  it('by the sender taking back an offer that the receiving page has not looked at', async () => {
    const { ann, bob } = offered();
    ann.hub.cancel(outgoing);
    await reach([ann, bob], 'stopped', 'stopped');
    expect(bob.view()?.stop).toEqual({ by: 'friend', reason: 'person' });
  });

  it('by a file that cannot be read', async () => {
    const slice = () => ({ arrayBuffer: () => Promise.reject(new Error('moved')) });
    const { ann, bob } = offered({ size: SIZE, slice });
    bob.hub.accept(incoming, null);
    await reach([ann, bob], 'stopped', 'stopped');
    expect(bob.view()?.stop).toEqual({ by: 'friend', reason: 'unreadable' });
  });

  it('by a full disk, and on again once there is room', async () => {
    const { ann, bob } = offered();
    bob.disk.setFull(true);
    bob.hub.accept(incoming, null);
    await reach([ann, bob], 'stopped', 'stopped');
    expect(ann.view()?.stop).toEqual({ by: 'friend', reason: 'storage-full' });
    bob.disk.setFull(false);
    bob.hub.accept(incoming, null);
    await reach([ann, bob], 'complete', 'complete');
    expect(whole(bob)).toBe(true);
  });

  it('by another device having taken it', async () => {
    const { ann, bob, wire } = offered();
    stall(wire, 0);
    bob.hub.accept(incoming, null);
    await reach([ann, bob], 'moving', 'moving');
    const phone = createPage();
    const [a, b] = [new FakeChannel(), new FakeChannel()];
    a.other = b;
    b.other = a;
    ann.hub.setChannel({ userId: 'bob', deviceId: 'bob-2' }, a as FakeChannel & DataChannel);
    phone.hub.setChannel({ userId: 'ann', deviceId: 'ann-1' }, b as FakeChannel & DataChannel);
    phone.hub.accept(incoming, null);
    await reach([ann, phone], 'moving', 'stopped');
    expect(phone.view()?.stop).toEqual({ by: 'friend', reason: 'taken' });
  });
});

it('ignores what is not of this channel', async () => {
  const { ann, bob, wire } = offered();
  for (const data of ['', '{}', 'nonsense', '{"type":"accept","id":"M1","from":-1}']) wire.b.send(data);
  wire.b.send(new Uint8Array(40));
  wire.b.send('{"type":"cancel","id":"unknown","reason":"person"}');
  bob.hub.accept(incoming, null);
  await reach([ann, bob], 'complete', 'complete');
});
