/**
 * Cuts an answer into frames that a data channel takes, and joins them again.
 *
 *   0      1
 *   | last | bytes
 *
 * `last` is 1 in the last frame of an answer, else 0.
 */

/** What browsers carry at once without trouble. */
const FRAME = 64 * 1024;

export function* framesOf(bytes: Uint8Array): Generator<Uint8Array<ArrayBuffer>, void> {
  for (let at = 0; at === 0 || at < bytes.length; at += FRAME - 1) {
    const piece = bytes.subarray(at, at + FRAME - 1);
    const frame = new Uint8Array(1 + piece.length);
    frame[0] = at + piece.length >= bytes.length ? 1 : 0;
    frame.set(piece, 1);
    yield frame;
  }
}

/** Takes one frame after the other; answers with the whole at its last one, or with what is wrong. */
export type Join = (frame: Uint8Array) => Uint8Array | 'more' | 'malformed';

export function createJoin(bytesMax: number): Join {
  let pieces: Uint8Array[] = [];
  let size = 0;
  return (frame) => {
    const last = frame[0];
    if (last !== 0 && last !== 1) return 'malformed';
    const piece = frame.subarray(1);
    size += piece.length;
    if (size > bytesMax) return 'malformed';
    pieces.push(piece);
    if (last === 0) return piece.length === 0 ? 'malformed' : 'more';
    const whole = new Uint8Array(size);
    let at = 0;
    for (const each of pieces) {
      whole.set(each, at);
      at += each.length;
    }
    pieces = [];
    size = 0;
    return whole;
  };
}
