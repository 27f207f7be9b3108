/**
 * The memory that the kernel reads and writes: packet slots and the message headers that point at them, in one
 * block whose addresses are written once. Within a block that does not cross a 4 GiB line the upper half of every
 * pointer is the same, so that only lower halves are ever written again.
 *
 *     mmsghdr (64 bytes, 16 words)   0-1 name  2 name length  4-5 iovec  6 iovec count  8-11 control  12 flags  14 length
 *     iovec   (16 bytes,  4 words)   0-1 base  2-3 length
 */
import { SOCKADDR_BYTES, SOCKADDR_WORDS } from './sockaddr.ts';

export const SLOTS = 256;
/** Room before each packet for a channel header. */
const HEADROOM = 64;
const PACKET_BYTES = 65_536;
/** Not a multiple of 64 KiB: packets of all slots would fall on the same lines of the processor's caches. */
const SLOT_BYTES = HEADROOM + PACKET_BYTES + 2048;
const HEADER_WORDS = 16;
const IOVEC_WORDS = 4;
const EVENTS = 64;
const EVENT_BYTES = 16;
const FOUR_GIB = 2 ** 32;

const SECTIONS = {
  inHeaders: SLOTS * HEADER_WORDS * 4,
  inVectors: SLOTS * IOVEC_WORDS * 4,
  inNames: SLOTS * SOCKADDR_BYTES,
  outHeaders: SLOTS * HEADER_WORDS * 4,
  outVectors: SLOTS * IOVEC_WORDS * 4,
  outNames: SLOTS * SOCKADDR_BYTES,
  events: EVENTS * EVENT_BYTES,
  packets: SLOTS * SLOT_BYTES,
};
type Section = keyof typeof SECTIONS;

export class Arena {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly maxEvents = EVENTS;
  readonly #base: number;
  readonly #offsets: Record<Section, number>;

  constructor(addressOf: (bytes: Uint8Array) => number) {
    const { offsets, total } = layOut();
    this.#offsets = offsets;
    this.bytes = allocateWithinLine(total, addressOf);
    this.words = new Int32Array(this.bytes.buffer, this.bytes.byteOffset, total >> 2);
    this.#base = addressOf(this.bytes);
    this.#prepare('inHeaders', 'inVectors', 'inNames');
    this.#prepare('outHeaders', 'outVectors', 'outNames');
    for (let slot = 0; slot < SLOTS; slot++) {
      const vector = this.#word('inVectors') + slot * IOVEC_WORDS;
      this.words[vector] = this.#low(this.packetAt(slot));
      this.words[vector + 2] = PACKET_BYTES;
    }
  }

  /** An absolute address, for system calls. */
  pointer(section: Section, offset = 0): number {
    return this.#base + this.#offsets[section] + offset;
  }

  inHeader(slot: number): number {
    return this.pointer('inHeaders', slot * HEADER_WORDS * 4);
  }

  outHeader(place: number): number {
    return this.pointer('outHeaders', place * HEADER_WORDS * 4);
  }

  /** Where a slot's packet begins in `bytes`. */
  packetAt(slot: number): number {
    return this.#offsets.packets + slot * SLOT_BYTES + HEADROOM;
  }

  /** Where a received packet's source is in `words`; `bytes` has it at four times that. */
  sourceAt(slot: number): number {
    return this.#word('inNames') + slot * SOCKADDR_WORDS;
  }

  destinationAt(entry: number): number {
    return this.#word('outNames') + entry * SOCKADDR_WORDS;
  }

  eventsAt(): number {
    return this.#word('events');
  }

  /** A received packet's length; the header is made ready for its next use. */
  takeLength(slot: number): number {
    const header = this.#word('inHeaders') + slot * HEADER_WORDS;
    this.words[header + 2] = SOCKADDR_BYTES;
    return this.words[header + 14]!;
  }

  /** Fills the outgoing header at `place` with what entry `entry` holds. */
  putOut(place: number, entry: number, start: number, length: number, nameLength: number): void {
    const { words } = this;
    const header = this.#word('outHeaders') + place * HEADER_WORDS;
    const vector = this.#word('outVectors') + place * IOVEC_WORDS;
    words[header] = this.#low(this.destinationAt(entry) * 4);
    words[header + 2] = nameLength;
    words[vector] = this.#low(start);
    words[vector + 2] = length;
  }

  #prepare(headers: Section, vectors: Section, names: Section): void {
    const high = Math.floor(this.#base / FOUR_GIB);
    for (let i = 0; i < SLOTS; i++) {
      const header = this.#word(headers) + i * HEADER_WORDS;
      const vector = this.#word(vectors) + i * IOVEC_WORDS;
      this.words[header] = this.#low(this.#offsets[names] + i * SOCKADDR_BYTES);
      this.words[header + 1] = high;
      this.words[header + 2] = SOCKADDR_BYTES;
      this.words[header + 4] = this.#low(this.#offsets[vectors] + i * IOVEC_WORDS * 4);
      this.words[header + 5] = high;
      this.words[header + 6] = 1;
      this.words[vector + 1] = high;
    }
  }

  #word(section: Section): number {
    return this.#offsets[section] >> 2;
  }

  #low(offset: number): number {
    return (this.#base + offset) | 0;
  }
}

function layOut(): { offsets: Record<Section, number>; total: number } {
  let total = 0;
  const offsets = {} as Record<Section, number>;
  for (const [name, size] of Object.entries(SECTIONS) as [Section, number][]) {
    offsets[name] = total;
    total += (size + 63) & ~63;
  }
  return { offsets, total };
}

/** Blocks are mapped lazily, so one that falls across the line costs nothing but the attempt. */
function allocateWithinLine(size: number, addressOf: (bytes: Uint8Array) => number): Uint8Array {
  const unfit: Uint8Array[] = [];
  for (;;) {
    const bytes = new Uint8Array(size);
    const start = addressOf(bytes);
    if (Math.floor(start / FOUR_GIB) === Math.floor((start + size) / FOUR_GIB)) return bytes;
    unfit.push(bytes);
  }
}
