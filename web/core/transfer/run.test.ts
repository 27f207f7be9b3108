import { describe, expect, it, vi } from 'vitest';
import { decodeFileFrame, PAYLOAD_BYTES, PIECE_BYTES } from '../wire/file-frame.ts';
import { createBulkChannel, type DataChannel } from './bulk-channel.ts';
import { type FileSource, type Run, startRun, WINDOW_PIECES } from './run.ts';

/** However busy the machine is. */
const soon = (check: () => void) => vi.waitFor(check, { timeout: 20_000 });

function createChannel() {
  const target = new EventTarget();
  const sent: (string | Uint8Array<ArrayBuffer>)[] = [];
  const channel = {
    readyState: 'open' as RTCDataChannelState,
    bufferedAmount: 0,
    bufferedAmountLowThreshold: 0,
    buffers: false,
    addEventListener: target.addEventListener.bind(target),
    removeEventListener: target.removeEventListener.bind(target),
    send(data: string | Uint8Array<ArrayBuffer>) {
      sent.push(typeof data === 'string' ? data : data.slice());
      if (channel.buffers) channel.bufferedAmount += data.length;
    },
    drain() {
      channel.bufferedAmount = 0;
      target.dispatchEvent(new Event('bufferedamountlow'));
    },
    close() {
      channel.readyState = 'closed';
      target.dispatchEvent(new Event('close'));
    },
  };
  const texts = () =>
    sent.filter((data) => typeof data === 'string').map((text) => JSON.parse(text) as unknown);
  const frames = () =>
    sent
      .filter((data) => typeof data !== 'string')
      .map((bytes) => {
        const decoded = decodeFileFrame(bytes.buffer);
        if (!decoded.ok) throw new Error(decoded.fault);
        return decoded.frame;
      });
  return { channel, sent, texts, frames, bulk: createBulkChannel(channel as DataChannel) };
}

function start(source: FileSource, from = 0, made = createChannel()) {
  const onUnreadable = vi.fn<() => void>();
  const run: Run = startRun({
    source,
    stream: 9,
    from,
    channel: made.bulk,
    digest: (bytes) => crypto.subtle.digest('SHA-256', bytes),
    toBase64: (bytes) => btoa(String.fromCharCode(...bytes)),
    onUnreadable,
  });
  return { ...made, run, onUnreadable };
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 30));
const blobOf = (size: number) => new Blob([new Uint8Array(size).map((_, at) => at % 251)]);

describe('a run', () => {
  it('sends frames in order, and after those of each piece its hash', async () => {
    const blob = blobOf(PIECE_BYTES + 10);
    const { sent, texts, frames } = start(blob);
    await soon(() => expect(texts()).toHaveLength(2));
    const perPiece = PIECE_BYTES / PAYLOAD_BYTES;
    expect(frames().map(({ stream, piece, offset }) => [stream, piece, offset])).toEqual([
      ...Array.from({ length: perPiece }, (_, index) => [9, 0, index * PAYLOAD_BYTES]),
      [9, 1, 0],
    ]);
    expect(sent.map((data) => typeof data === 'string')).toEqual([
      ...Array.from({ length: perPiece }, () => false),
      true,
      false,
      true,
    ]);
    const tail = await crypto.subtle.digest('SHA-256', await blob.slice(PIECE_BYTES).arrayBuffer());
    expect(texts()[1]).toEqual({
      type: 'piece',
      stream: 9,
      index: 1,
      sha256: btoa(String.fromCharCode(...new Uint8Array(tail))),
    });
    expect(frames().at(-1)?.payload).toEqual(new Uint8Array(await blob.slice(PIECE_BYTES).arrayBuffer()));
  });

  it('starts where it was asked to', async () => {
    const { frames, texts } = start(blobOf(2 * PIECE_BYTES), 1);
    await soon(() => expect(texts()).toHaveLength(1));
    expect(frames()[0]).toMatchObject({ piece: 1, offset: 0 });
  });

  it.each([
    ['an empty file', 0, 0],
    ['nothing left', PIECE_BYTES, 1],
  ])('has nothing to send of %s', async (_name, size, from) => {
    const { sent, onUnreadable } = start(blobOf(size), from);
    await pause();
    expect(sent).toEqual([]);
    expect(onUnreadable).not.toHaveBeenCalled();
  });

  it('waits for the receiver after a window of pieces', async () => {
    const { texts, run } = start(blobOf((WINDOW_PIECES + 3) * PIECE_BYTES));
    await soon(() => expect(texts()).toHaveLength(WINDOW_PIECES));
    await pause();
    expect(texts()).toHaveLength(WINDOW_PIECES);
    run.advance(2);
    await soon(() => expect(texts()).toHaveLength(WINDOW_PIECES + 2));
    run.advance(WINDOW_PIECES + 2);
    await soon(() => expect(texts()).toHaveLength(WINDOW_PIECES + 3));
  });

  it('keeps at most about a mebibyte in the channel', async () => {
    const made = createChannel();
    made.channel.buffers = true;
    const { frames, channel } = start(blobOf(3 * PIECE_BYTES), 0, made);
    await pause();
    expect(channel.bufferedAmount).toBeLessThan(1.1 * 1024 * 1024);
    const before = frames().length;
    channel.drain();
    await soon(() => expect(frames().length).toBeGreaterThan(before));
  });

  it('stops in the middle of a piece', async () => {
    const made = createChannel();
    made.channel.buffers = true;
    const { sent, run, channel } = start(blobOf(3 * PIECE_BYTES), 0, made);
    await pause();
    const before = sent.length;
    run.stop();
    channel.drain();
    await pause();
    expect(sent.length).toBe(before);
  });

  it('ends with its channel', async () => {
    const made = createChannel();
    made.channel.buffers = true;
    const { sent, channel, onUnreadable } = start(blobOf(3 * PIECE_BYTES), 0, made);
    await pause();
    const before = sent.length;
    channel.close();
    await pause();
    expect(sent.length).toBe(before);
    expect(onUnreadable).not.toHaveBeenCalled();
  });

  it.each([
    ['refuses', () => Promise.reject(new DOMException('gone', 'NotReadableError'))],
    ['has become shorter', () => Promise.resolve(new ArrayBuffer(5))],
  ])('gives up on a file that %s', async (_name, arrayBuffer) => {
    const { sent, onUnreadable } = start({ size: 3 * PIECE_BYTES, slice: () => ({ arrayBuffer }) });
    await soon(() => expect(onUnreadable).toHaveBeenCalledOnce());
    expect(sent).toEqual([]);
  });
});
