import { describe, expect, it } from 'vitest';
import {
  decodeFileFrame,
  encodeFileFrame,
  HEADER_BYTES,
  PAYLOAD_BYTES,
  PIECE_BYTES,
  pieceCount,
  pieceLength,
} from './file-frame.ts';

const payload = Uint8Array.from([1, 2, 3]);

describe('a file frame', () => {
  it('has the documented bytes', () => {
    const bytes = encodeFileFrame({ stream: 0x01020304, piece: 5, offset: 0x010203, payload });
    expect([...bytes]).toEqual([1, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 5, 0, 1, 2, 3, 1, 2, 3]);
  });

  it('leaves nothing behind of the frame before in the same space', () => {
    const space = new Uint8Array(64).fill(0xff);
    const frame = { stream: 1, piece: 2, offset: 3, payload };
    expect(encodeFileFrame(frame, space)).toEqual(encodeFileFrame(frame));
  });

  it.each([
    { stream: 0, piece: 0, offset: 0 },
    { stream: 0xffffffff, piece: 0xffffffff, offset: PIECE_BYTES - 3 },
  ])('comes back as it went: %o', (head) => {
    const decoded = decodeFileFrame(encodeFileFrame({ ...head, payload }).buffer);
    expect(decoded).toEqual({ ok: true, frame: { ...head, payload } });
  });

  it('takes a payload of 64 KiB at the end of a piece', () => {
    const frame = {
      stream: 1,
      piece: 0,
      offset: PIECE_BYTES - PAYLOAD_BYTES,
      payload: new Uint8Array(PAYLOAD_BYTES),
    };
    expect(decodeFileFrame(encodeFileFrame(frame).buffer).ok).toBe(true);
  });

  const spoiled = (change: (bytes: Uint8Array<ArrayBuffer>) => void) => {
    const bytes = encodeFileFrame({ stream: 1, piece: 0, offset: 0, payload });
    change(bytes);
    return bytes.buffer;
  };

  it.each([
    ['empty', new ArrayBuffer(0), 'too-short'],
    ['a header alone', new ArrayBuffer(HEADER_BYTES), 'too-short'],
    ['another version', spoiled((bytes) => (bytes[0] = 2)), 'version'],
    ['reserved bytes in use', spoiled((bytes) => (bytes[3] = 1)), 'reserved'],
    [
      'too long a payload',
      encodeFileFrame({ stream: 1, piece: 0, offset: 0, payload: new Uint8Array(PAYLOAD_BYTES + 1) }).buffer,
      'too-long',
    ],
    [
      'a payload past its piece',
      encodeFileFrame({ stream: 1, piece: 0, offset: PIECE_BYTES - 2, payload }).buffer,
      'past-piece',
    ],
    [
      'an offset that would wrap',
      encodeFileFrame({ stream: 1, piece: 0, offset: 0xffffffff, payload }).buffer,
      'past-piece',
    ],
  ] as const)('is refused: %s', (_name, bytes, fault) => {
    expect(decodeFileFrame(bytes)).toEqual({ ok: false, fault });
  });
});

describe('pieces', () => {
  it.each([
    [0, 0],
    [1, 1],
    [PIECE_BYTES, 1],
    [PIECE_BYTES + 1, 2],
  ])('a file of %i bytes has %i', (size, count) => {
    expect(pieceCount(size)).toBe(count);
  });

  it('are whole but for the last', () => {
    expect(pieceLength(PIECE_BYTES + 5, 0)).toBe(PIECE_BYTES);
    expect(pieceLength(PIECE_BYTES + 5, 1)).toBe(5);
    expect(pieceLength(PIECE_BYTES + 5, 2)).toBe(0);
  });
});
