/** Cuts a byte stream into STUN messages and channel data, which over a stream is padded to four bytes. */
import { CHANNEL_HEADER_BYTES, HEADER_BYTES, MAGIC_COOKIE, isChannelData } from '../stun/constants.ts';
import { readUint32 } from '../stun/message.ts';

export type Frame = { readonly kind: 'stun' | 'channel'; readonly bytes: Uint8Array };

export class FrameReader {
  #rest: Uint8Array = new Uint8Array(0);
  /** Channels come after requests: and the letters of HTTP look like channel numbers. */
  #hasSpoken = false;

  /** The whole frames so far, or undefined when this is not TURN: the connection is then of no use. */
  push(chunk: Uint8Array): Frame[] | undefined {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Frame[] = [];
    let at = 0;
    while (bytes.length - at >= CHANNEL_HEADER_BYTES) {
      const kind = kindAt(bytes, at);
      if (!kind || (kind === 'channel' && !this.#hasSpoken)) return undefined;
      const size =
        kind === 'stun' ? HEADER_BYTES + lengthAt(bytes, at) : CHANNEL_HEADER_BYTES + lengthAt(bytes, at);
      const padded = (size + 3) & ~3;
      if (bytes.length - at < padded) break;
      frames.push({ kind, bytes: bytes.subarray(at, at + size) });
      at += padded;
      this.#hasSpoken = true;
    }
    // A copy: the rest must not keep a whole read buffer alive.
    this.#rest = at === bytes.length ? new Uint8Array(0) : bytes.slice(at);
    return frames;
  }
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

function kindAt(bytes: Uint8Array, at: number): Frame['kind'] | undefined {
  const first = bytes[at]!;
  if (isChannelData(first)) return 'channel';
  if (first > 0x3f || lengthAt(bytes, at) % 4 !== 0) return undefined;
  // Over a stream there are no RFC 3489 clients to serve, so a wrong cookie is another protocol.
  const cookieIsHere = bytes.length - at >= 8;
  return !cookieIsHere || readUint32(bytes, at + 4) === MAGIC_COOKIE ? 'stun' : undefined;
}
