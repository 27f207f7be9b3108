/** One run of a file over a channel: reads pieces, hashes them, and sends them as frames, at the pace of channel and receiver. */
import { encodeFileFrame, FRAME_BYTES, PAYLOAD_BYTES, PIECE_BYTES, pieceCount } from '../wire/file-frame.ts';
import type { FileControl } from '../wire/file-control.ts';
import type { BulkChannel } from './bulk-channel.ts';

/** The part of Blob that is used. */
export interface FileSource {
  readonly size: number;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

export interface RunOptions {
  readonly source: FileSource;
  readonly stream: number;
  readonly from: number;
  readonly channel: BulkChannel;
  readonly digest: (bytes: ArrayBuffer) => Promise<ArrayBuffer>;
  readonly toBase64: (bytes: Uint8Array) => string;
  readonly onUnreadable: () => void;
}

export interface Run {
  /** The receiver has this many pieces on disk. */
  advance(verified: number): void;
  stop(): void;
}

/** Pieces that may be under way: bounds the receiver's memory, and fills 80 ms at 100 MiB/s. */
export const WINDOW_PIECES = 8;

export function startRun(options: RunOptions): Run {
  const { source, stream, from, channel } = options;
  const pieces = pieceCount(source.size);
  let verified = from;
  let stopped = false;
  let wake = (): void => undefined;
  // For one frame after the other: a channel copies what it is given.
  const space = new Uint8Array(FRAME_BYTES);

  /** Null if the file cannot be read (any more): it changed, moved, or its disk was taken away. */
  async function read(index: number): Promise<ArrayBuffer | null> {
    const start = index * PIECE_BYTES;
    const end = Math.min(start + PIECE_BYTES, source.size);
    try {
      const bytes = await source.slice(start, end).arrayBuffer();
      return bytes.byteLength === end - start ? bytes : null;
    } catch {
      return null;
    }
  }

  async function windowFor(index: number): Promise<void> {
    while (!stopped && index - verified >= WINDOW_PIECES) {
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }

  async function sendFrames(index: number, bytes: ArrayBuffer): Promise<boolean> {
    for (let offset = 0; offset < bytes.byteLength; offset += PAYLOAD_BYTES) {
      if (!(await channel.room()) || stopped) return false;
      const payload = new Uint8Array(bytes, offset, Math.min(PAYLOAD_BYTES, bytes.byteLength - offset));
      if (!channel.send(encodeFileFrame({ stream, piece: index, offset, payload }, space))) return false;
    }
    return true;
  }

  async function run(): Promise<void> {
    let next = from < pieces ? read(from) : null;
    for (let index = from; next !== null; index++) {
      await windowFor(index);
      const bytes = await next;
      if (stopped) return;
      if (bytes === null) {
        stopped = true;
        options.onUnreadable();
        return;
      }
      // Read ahead while this one goes out.
      next = index + 1 < pieces ? read(index + 1) : null;
      const [sent, hash] = await Promise.all([sendFrames(index, bytes), options.digest(bytes)]);
      if (!sent || stopped) return;
      const sha256 = options.toBase64(new Uint8Array(hash));
      channel.send(JSON.stringify({ type: 'piece', stream, index, sha256 } satisfies FileControl));
    }
  }

  void run();
  return {
    advance(count) {
      verified = count;
      wake();
    },
    stop() {
      stopped = true;
      wake();
    },
  };
}
