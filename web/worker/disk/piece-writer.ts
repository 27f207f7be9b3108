/** Puts frames together to pieces, checks each by its SHA-256 and writes it: what is on disk is verified, in order. */
import { decodeFileFrame, PIECE_BYTES, pieceLength } from '../../core/wire/file-frame.ts';

/** Where the pieces go. */
export interface Sink {
  /** Whole pieces that are there from an earlier try. */
  readonly verified: number;
  write(bytes: Uint8Array<ArrayBuffer>, at: number): Promise<void>;
  finish(): Promise<void>;
  release(): Promise<void>;
  discard(): Promise<void>;
}

export interface PieceWriterOptions {
  readonly size: number;
  readonly sink: Sink;
  readonly digest: (bytes: Uint8Array<ArrayBuffer>) => Promise<ArrayBuffer>;
  readonly onVerified: (stream: number, count: number) => void;
  readonly onRefused: (stream: number) => void;
  readonly onFailed: (error: unknown) => void;
}

export interface PieceWriter {
  begin(stream: number, from: number): void;
  frame(bytes: ArrayBuffer): void;
  expect(index: number, sha256: string): void;
  /** Resolves when nothing is being checked or written any more. */
  settled(): Promise<void>;
}

/** A sender keeps to a window (sending.ts); one that does not is refused before it fills the memory. */
export const MAX_WAITING_PIECES = 12;

export function createPieceWriter(options: PieceWriterOptions): PieceWriter {
  const { size, sink, digest } = options;
  let stream: number | null = null;
  let piece = 0;
  let filled = 0;
  let buffer: Uint8Array<ArrayBuffer> | null = null;
  const spare: Uint8Array<ArrayBuffer>[] = [];
  let waiting = 0;
  let queue = Promise.resolve();

  function refuse(): void {
    const refused = stream;
    stream = null;
    if (refused !== null) options.onRefused(refused);
  }

  /** In the order of the pieces, one at a time. */
  function enqueue(of: number, index: number, bytes: Uint8Array<ArrayBuffer>, sha256: string): void {
    waiting += 1;
    queue = queue
      .then(() => check(of, index, bytes, sha256))
      .catch((error: unknown) => {
        if (stream === of) stream = null;
        options.onFailed(error);
      })
      .finally(() => {
        waiting -= 1;
        spare.push(bytes);
      });
  }

  async function check(
    of: number,
    index: number,
    bytes: Uint8Array<ArrayBuffer>,
    sha256: string,
  ): Promise<void> {
    if (stream !== of) return;
    const content = bytes.subarray(0, pieceLength(size, index));
    const found = toBase64(await digest(content));
    // Overtaken while it was hashed.
    if (stream !== of) return;
    if (found !== sha256) {
      refuse();
      return;
    }
    await sink.write(content, index * PIECE_BYTES);
    options.onVerified(of, index + 1);
  }

  return {
    begin(next, from) {
      stream = next;
      piece = from;
      filled = 0;
    },
    frame(bytes) {
      const decoded = decodeFileFrame(bytes);
      if (stream === null || !decoded.ok) {
        if (!decoded.ok) refuse();
        return;
      }
      const { frame } = decoded;
      if (frame.stream !== stream) return;
      const fits = filled + frame.payload.byteLength <= pieceLength(size, piece);
      if (frame.piece !== piece || frame.offset !== filled || !fits || waiting > MAX_WAITING_PIECES) {
        refuse();
        return;
      }
      buffer ??= spare.pop() ?? new Uint8Array(PIECE_BYTES);
      buffer.set(frame.payload, filled);
      filled += frame.payload.byteLength;
    },
    expect(index, sha256) {
      if (stream === null) return;
      if (index !== piece || buffer === null || filled !== pieceLength(size, piece)) {
        refuse();
        return;
      }
      enqueue(stream, index, buffer, sha256);
      buffer = null;
      filled = 0;
      piece += 1;
    },
    settled: () => queue,
  };
}

function toBase64(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}
