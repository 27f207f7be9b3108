/** Two pages' transfers over a channel that can be cut, with disks in memory. */
import { expect, vi } from 'vitest';
import type { Message, TransferView } from '../../web/core/model.ts';
import { createScope } from '../../web/core/scope.ts';
import type { DataChannel } from '../../web/core/transfer/bulk-channel.ts';
import type { DiskReply, DiskRequest } from '../../web/core/transfer/disk-messages.ts';
import type { DiskPort, TransferRecord } from '../../web/core/transfer/needs.ts';
import { createTransfers } from '../../web/core/transfer/transfers.ts';
import type { WaitingTools } from '../../web/core/transfer/waiting-file.ts';
import { PIECE_BYTES } from '../../web/core/wire/file-frame.ts';
import { createPieceWriter } from '../../web/worker/disk/piece-writer.ts';
import { unreported } from './report.ts';

/** However busy the machine is. */
export const soon = (check: () => void) => vi.waitFor(check, { timeout: 20_000 });

export class FakeChannel extends EventTarget {
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

export function createDisk() {
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

interface PageOptions {
  readonly server?: WaitingTools;
  /** The message that this page received. */
  readonly received?: Message;
}

export function createPage(
  disk = createDisk(),
  records = new Map<string, TransferRecord>(),
  { server, received = incoming }: PageOptions = {},
) {
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
    server: server ?? null,
    disk: disk.start,
    records: {
      all: () => Promise.resolve([...records.values()]),
      put: (record) => Promise.resolve(void records.set(record.view.id, record)),
      remove: (id) => Promise.resolve(void records.delete(id)),
    },
    message: (_friendId, id) => Promise.resolve(id === ID ? received : null),
    want: (_friendId, on) => wants.push(on),
    onChange: (next) => (views = next),
    report: unreported,
  });
  return { hub, disk, records, scope, wants, view: () => views.get(ID) };
}

export type Page = ReturnType<typeof createPage>;

export const ID = 'M1';
export const SIZE = 5 * PIECE_BYTES + 123;
export const content = new Uint8Array(SIZE).map((_, at) => (at * 7) % 253);
const base = { id: ID, at: 0, state: 'delivered' } as const;
export const file = { name: 'x.bin', size: SIZE, type: '' };
export const outgoing: Message = {
  ...base,
  conversationId: 'bob',
  author: 'me',
  body: { kind: 'file', file, device: '' },
};
export const incoming: Message = {
  ...base,
  conversationId: 'ann',
  author: 'friend',
  body: { kind: 'file', file, device: 'ann-1' },
};

export function connect(ann: Page, bob: Page) {
  const [a, b] = [new FakeChannel(), new FakeChannel()];
  a.other = b;
  b.other = a;
  ann.hub.setChannel({ userId: 'bob', deviceId: 'bob-1' }, a as FakeChannel & DataChannel);
  bob.hub.setChannel({ userId: 'ann', deviceId: 'ann-1' }, b as FakeChannel & DataChannel);
  return { a, b };
}

export function disconnect(ann: Page, bob: Page, { a }: { a: FakeChannel }) {
  a.cut();
  ann.hub.setChannel({ userId: 'bob', deviceId: 'bob-1' }, null);
  bob.hub.setChannel({ userId: 'ann', deviceId: 'ann-1' }, null);
}

export const phases = (...pages: Page[]) => pages.map((page) => page.view()?.phase);
export const reach = (pages: Page[], ...expected: string[]) =>
  soon(() => expect(phases(...pages)).toEqual(expected));
export const whole = (page: Page) => {
  const bytes = page.disk.files.get(ID)?.bytes;
  return bytes?.length === SIZE && bytes.every((byte, at) => byte === content[at]);
};
