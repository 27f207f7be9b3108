/**
 * The binary messages of a file channel: a slice of one piece of one file. Text messages on the same channel are file-control.ts.
 *
 * Big-endian, 16 bytes of header, then the payload to the end of the message:
 *
 *     0        1                 4                 8                12               16
 *     +--------+-----------------+-----------------+----------------+----------------+---------
 *     | version| zero (3 bytes)  | stream (u32)    | piece (u32)    | offset (u32)   | payload
 *     +--------+-----------------+-----------------+----------------+----------------+---------
 *
 * - version: 1.
 * - stream: the number that `begin` gave to this run of this transfer. A run that was overtaken by a resume has an
 *   older number, so its late frames are known and dropped.
 * - piece: files are cut into pieces of 1 MiB; the last one may be shorter.
 * - offset: where the payload starts within the piece.
 * - payload: 1 to 65,536 bytes, never past the end of the piece.
 */

const FRAME_VERSION = 1;
export const HEADER_BYTES = 16;
export const PIECE_BYTES = 1024 * 1024;
export const PAYLOAD_BYTES = 64 * 1024;
export const FRAME_BYTES = HEADER_BYTES + PAYLOAD_BYTES;

export interface FileFrame {
  readonly stream: number;
  readonly piece: number;
  readonly offset: number;
  readonly payload: Uint8Array<ArrayBuffer>;
}

type FrameFault = 'too-short' | 'version' | 'reserved' | 'too-long' | 'past-piece';

export type DecodedFrame =
  | { readonly ok: true; readonly frame: FileFrame }
  | { readonly ok: false; readonly fault: FrameFault };

/** `space`: where to put it, of at least FRAME_BYTES; the result is a view onto it. */
export function encodeFileFrame(
  frame: FileFrame,
  space = new Uint8Array(HEADER_BYTES + frame.payload.byteLength),
): Uint8Array<ArrayBuffer> {
  const bytes = space.subarray(0, HEADER_BYTES + frame.payload.byteLength);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(0, FRAME_VERSION << 24);
  view.setUint32(4, frame.stream);
  view.setUint32(8, frame.piece);
  view.setUint32(12, frame.offset);
  bytes.set(frame.payload, HEADER_BYTES);
  return bytes;
}

/** The payload is a view onto `bytes`, not a copy. */
export function decodeFileFrame(bytes: ArrayBuffer): DecodedFrame {
  if (bytes.byteLength <= HEADER_BYTES) return { ok: false, fault: 'too-short' };
  const view = new DataView(bytes);
  if (view.getUint8(0) !== FRAME_VERSION) return { ok: false, fault: 'version' };
  if ((view.getUint32(0) & 0x00ffffff) !== 0) return { ok: false, fault: 'reserved' };
  const payload = new Uint8Array(bytes, HEADER_BYTES);
  if (payload.byteLength > PAYLOAD_BYTES) return { ok: false, fault: 'too-long' };
  const offset = view.getUint32(12);
  if (offset + payload.byteLength > PIECE_BYTES) return { ok: false, fault: 'past-piece' };
  return { ok: true, frame: { stream: view.getUint32(4), piece: view.getUint32(8), offset, payload } };
}

/** An empty file has no pieces. */
export function pieceCount(size: number): number {
  return Math.ceil(size / PIECE_BYTES);
}

export function pieceLength(size: number, piece: number): number {
  return Math.max(0, Math.min(PIECE_BYTES, size - piece * PIECE_BYTES));
}
