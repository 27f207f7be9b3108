/** The disk worker: hashing and writing beside the page's own thread, so that neither waits for the other. */
import type { DiskReply, DiskRequest } from '../core/transfer/disk-messages.ts';
import { createPieceWriter, type PieceWriter, type Sink } from './disk/piece-writer.ts';
import { chosenSink, failureOf, ownSink, sweepOwn } from './disk/sinks.ts';

interface Open {
  readonly sink: Sink;
  readonly writer: PieceWriter;
}

declare const self: DedicatedWorkerGlobalScope;

const open = new Map<string, Open>();
/** Requests are taken one after the other: an `open` is over before a `discard` that follows it. */
let turn = Promise.resolve();

function reply(message: DiskReply): void {
  self.postMessage(message);
}

self.onmessage = ({ data }: MessageEvent<DiskRequest>) => {
  // Frames are for a file that is open; they must not wait behind another file's opening or closing.
  if (data.do === 'frames') for (const bytes of data.frames) open.get(data.id)?.writer.frame(bytes);
  else if (data.do === 'expect') open.get(data.id)?.writer.expect(data.index, data.sha256);
  else if (data.do === 'begin') open.get(data.id)?.writer.begin(data.stream, data.from);
  else turn = turn.then(() => serve(data));
};

type Served = Exclude<DiskRequest, { do: 'frames' | 'expect' | 'begin' }>;

async function serve(request: Served): Promise<void> {
  try {
    await perform(request);
  } catch (error) {
    if (request.do === 'sweep') return;
    reply({ did: 'fail', id: request.id, reason: failureOf(error) });
  }
}

async function perform(request: Served): Promise<void> {
  switch (request.do) {
    case 'open':
      await openFile(request);
      return;
    case 'finish':
      await end(request.id, (sink) => sink.finish());
      reply({ did: 'finish', id: request.id });
      return;
    case 'release':
      await end(request.id, (sink) => sink.release());
      return;
    case 'discard':
      await end(request.id, (sink) => sink.discard());
      return;
    case 'sweep':
      await sweepOwn(new Set([...request.keep, ...open.keys()]));
  }
}

async function openFile({ id, size, place }: Extract<DiskRequest, { do: 'open' }>): Promise<void> {
  await end(id, (sink) => sink.release());
  const sink = await (place === null ? ownSink(id, size) : chosenSink(place));
  const writer = createPieceWriter({
    size,
    sink,
    digest: (bytes) => crypto.subtle.digest('SHA-256', bytes),
    onVerified: (stream, count) => reply({ did: 'verify', id, stream, count }),
    onRefused: (stream) => reply({ did: 'refuse', id, stream }),
    onFailed: (error) => reply({ did: 'fail', id, reason: failureOf(error) }),
  });
  open.set(id, { sink, writer });
  reply({ did: 'open', id, verified: sink.verified });
}

async function end(id: string, how: (sink: Sink) => Promise<void>): Promise<void> {
  const ending = open.get(id);
  if (!ending) return;
  open.delete(id);
  await ending.writer.settled();
  await how(ending.sink);
}
