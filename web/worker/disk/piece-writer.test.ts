import { beforeEach, describe, expect, it } from 'vitest';
import { encodeFileFrame, PAYLOAD_BYTES, PIECE_BYTES } from '../../core/wire/file-frame.ts';
import { createPieceWriter, MAX_WAITING_PIECES, type PieceWriter, type Sink } from './piece-writer.ts';

const SIZE = PIECE_BYTES + 100_000;
const content = new Uint8Array(SIZE).map((_, index) => (index * 31) % 251);
const pieceOf = (index: number) => content.slice(index * PIECE_BYTES, (index + 1) * PIECE_BYTES);
async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))));
}
const hashes = [await hashOf(pieceOf(0)), await hashOf(pieceOf(1))] as const;
/** Comparing a megabyte element by element takes the test runner seconds. */
const same = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((byte, at) => byte === b[at]);

let disk: Uint8Array;
let said: string[];
let writing: Promise<void> | Error;
let writer: PieceWriter;

beforeEach(() => {
  disk = new Uint8Array(SIZE);
  said = [];
  writing = Promise.resolve();
  const sink: Sink = {
    verified: 0,
    write: async (bytes, at) => {
      if (writing instanceof Error) throw writing;
      await writing;
      disk.set(bytes, at);
    },
    finish: () => Promise.resolve(),
    release: () => Promise.resolve(),
    discard: () => Promise.resolve(),
  };
  writer = createPieceWriter({
    size: SIZE,
    sink,
    digest: (bytes) => crypto.subtle.digest('SHA-256', bytes),
    onVerified: (stream, count) => said.push(`verified ${stream} ${count}`),
    onRefused: (stream) => said.push(`refused ${stream}`),
    onFailed: (error) => said.push(`failed ${String(error)}`),
  });
});

function frame(stream: number, piece: number, offset: number, payload: Uint8Array<ArrayBuffer>) {
  writer.frame(encodeFileFrame({ stream, piece, offset, payload }).buffer);
}

function send(stream: number, piece: number, bytes = pieceOf(piece), sha256 = hashes[piece] ?? '') {
  for (let at = 0; at < bytes.length; at += PAYLOAD_BYTES) {
    frame(stream, piece, at, bytes.slice(at, at + PAYLOAD_BYTES));
  }
  writer.expect(piece, sha256);
}

describe('a piece writer', () => {
  it('writes what is right, in order', async () => {
    writer.begin(1, 0);
    send(1, 0);
    send(1, 1);
    await writer.settled();
    expect(said).toEqual(['verified 1 1', 'verified 1 2']);
    expect(same(disk, content)).toBe(true);
  });

  it('goes on in the middle', async () => {
    writer.begin(1, 1);
    send(1, 1);
    await writer.settled();
    expect(said).toEqual(['verified 1 2']);
    expect(same(disk.slice(PIECE_BYTES), pieceOf(1))).toBe(true);
    expect(disk.slice(0, PIECE_BYTES).every((byte) => byte === 0)).toBe(true);
  });

  it('refuses a piece with another content, writes none of it, and ignores the rest of the stream', async () => {
    const spoiled = pieceOf(0);
    spoiled[5] = 7;
    writer.begin(1, 0);
    send(1, 0, spoiled);
    send(1, 1);
    await writer.settled();
    expect(said).toEqual(['refused 1']);
    expect(disk.every((byte) => byte === 0)).toBe(true);

    writer.begin(2, 0);
    send(2, 0);
    await writer.settled();
    expect(said).toEqual(['refused 1', 'verified 2 1']);
  });

  const one = new Uint8Array(1);
  it.each<[string, () => void]>([
    ['of a later piece', () => frame(1, 1, 0, one)],
    ['with a gap', () => frame(1, 0, 1, one)],
    ['that is not a frame', () => writer.frame(new ArrayBuffer(3))],
    ['that ends a piece too early', () => (frame(1, 0, 0, one), writer.expect(0, hashes[0]))],
    ['before any byte', () => writer.expect(0, hashes[0])],
    ['that names the wrong piece', () => (writer.begin(1, 1), send(1, 1), writer.expect(0, hashes[0]))],
  ])('refuses a message %s, once', (_name, act) => {
    writer.begin(1, 0);
    act();
    send(1, 0);
    expect(said).toEqual(['refused 1']);
  });

  it('refuses more bytes than the last piece has', () => {
    writer.begin(1, 1);
    frame(1, 1, 0, content.slice(0, PAYLOAD_BYTES));
    frame(1, 1, PAYLOAD_BYTES, content.slice(0, PAYLOAD_BYTES));
    expect(said).toEqual(['refused 1']);
  });

  it('drops late frames of an overtaken stream, and half a piece with it', async () => {
    writer.begin(1, 0);
    frame(1, 0, 0, pieceOf(0).slice(0, PAYLOAD_BYTES));
    writer.begin(2, 0);
    frame(1, 0, PAYLOAD_BYTES, pieceOf(0).slice(0, PAYLOAD_BYTES));
    send(2, 0);
    await writer.settled();
    expect(said).toEqual(['verified 2 1']);
    expect(same(disk.slice(0, PIECE_BYTES), pieceOf(0))).toBe(true);
  });

  it('does not report a piece of a stream that was overtaken while it was hashed', async () => {
    writer.begin(1, 0);
    send(1, 0);
    writer.begin(2, 0);
    await writer.settled();
    expect(said).toEqual([]);
  });

  it('hands on what the disk says, and stops', async () => {
    writing = new Error('full');
    writer.begin(1, 0);
    send(1, 0);
    await writer.settled();
    send(1, 1);
    await writer.settled();
    expect(said).toEqual(['failed Error: full']);
  });

  it('does not gather pieces without end when the disk is slow', async () => {
    const size = (MAX_WAITING_PIECES + 5) * PIECE_BYTES;
    let release = (): void => undefined;
    const slow = new Promise<void>((resolve) => (release = resolve));
    const empty = new Uint8Array(PIECE_BYTES);
    const sha256 = await hashOf(empty);
    const events: string[] = [];
    writer = createPieceWriter({
      size,
      sink: { verified: 0, write: () => slow, finish: () => slow, release: () => slow, discard: () => slow },
      digest: (bytes) => crypto.subtle.digest('SHA-256', bytes),
      onVerified: (_stream, count) => events.push(`verified ${count}`),
      onRefused: () => events.push('refused'),
      onFailed: (error) => events.push(String(error)),
    });
    writer.begin(1, 0);
    for (let piece = 0; piece < MAX_WAITING_PIECES + 5; piece++) send(1, piece, empty, sha256);
    expect(events).toEqual(['refused']);
    release();
    await writer.settled();
    expect(events).toEqual(['refused']);
  });
});
