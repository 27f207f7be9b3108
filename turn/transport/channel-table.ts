/**
 * Finds a channel by whom a packet came from: open addressing over 32-bit words, so that a look-up makes no
 * object, no string and no garbage. The key is a scope and a socket address.
 *
 *     from a client   scope: listener << 16 | channel number
 *     from a peer     scope: 1 << 31 | relay's index
 */
import { randomInt } from 'node:crypto';
import { AF_INET } from './libc.ts';

const KEY_WORDS = 6;
const ENTRY_WORDS = KEY_WORDS + 1;
/** The last word of an entry is its value plus one; 0 is an empty entry. */
const VALUE = KEY_WORDS;
const FIRST_CAPACITY = 1024;

export class ChannelTable {
  #entries = new Int32Array(FIRST_CAPACITY * ENTRY_WORDS);
  #mask = FIRST_CAPACITY - 1;
  #size = 0;
  readonly #seed = randomInt(0x7fffffff);
  readonly #key = new Int32Array(KEY_WORDS);

  get size(): number {
    return this.#size;
  }

  /** The value, or -1. `words` holds the socket address from `at` on. */
  find(scope: number, words: Int32Array, at: number): number {
    this.#load(scope, words, at);
    return this.#entries[this.#locate() * ENTRY_WORDS + VALUE]! - 1;
  }

  set(scope: number, words: Int32Array, value: number): void {
    if (this.#size * 2 > this.#mask) this.#grow();
    this.#load(scope, words, 0);
    const at = this.#locate() * ENTRY_WORDS;
    if (this.#entries[at + VALUE] === 0) this.#size++;
    this.#entries.set(this.#key, at);
    this.#entries[at + VALUE] = value + 1;
  }

  delete(scope: number, words: Int32Array): void {
    this.#load(scope, words, 0);
    let hole = this.#locate();
    if (this.#entries[hole * ENTRY_WORDS + VALUE] === 0) return;
    this.#size--;
    // Entries after the hole move up, unless that would put them before their own place: no tombstones.
    for (let next = (hole + 1) & this.#mask; ; next = (next + 1) & this.#mask) {
      const from = next * ENTRY_WORDS;
      if (this.#entries[from + VALUE] === 0) break;
      const home = this.#hashAt(this.#entries, from) & this.#mask;
      if (((next - home) & this.#mask) < ((next - hole) & this.#mask)) continue;
      this.#entries.copyWithin(hole * ENTRY_WORDS, from, from + ENTRY_WORDS);
      hole = next;
    }
    this.#entries.fill(0, hole * ENTRY_WORDS, (hole + 1) * ENTRY_WORDS);
  }

  #load(scope: number, words: Int32Array, at: number): void {
    const key = this.#key;
    const first = words[at]!;
    key[0] = scope;
    key[1] = first;
    if ((first & 0xffff) === AF_INET) {
      key[2] = words[at + 1]!;
      key[3] = 0;
      key[4] = 0;
      key[5] = 0;
    } else {
      key[2] = words[at + 2]!;
      key[3] = words[at + 3]!;
      key[4] = words[at + 4]!;
      key[5] = words[at + 5]!;
    }
  }

  /** Where the loaded key is, or the empty entry where it would be. */
  #locate(): number {
    const entries = this.#entries;
    const key = this.#key;
    let place = this.#hashAt(key, 0) & this.#mask;
    for (;;) {
      const at = place * ENTRY_WORDS;
      if (entries[at + VALUE] === 0) return place;
      if (
        entries[at] === key[0] &&
        entries[at + 1] === key[1] &&
        entries[at + 2] === key[2] &&
        entries[at + 3] === key[3] &&
        entries[at + 4] === key[4] &&
        entries[at + 5] === key[5]
      ) {
        return place;
      }
      place = (place + 1) & this.#mask;
    }
  }

  #hashAt(words: Int32Array, at: number): number {
    let hash = this.#seed;
    for (let i = 0; i < KEY_WORDS; i++) {
      hash = Math.imul(hash ^ words[at + i]!, 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash, 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  }

  #grow(): void {
    const old = this.#entries;
    this.#mask = this.#mask * 2 + 1;
    this.#entries = new Int32Array((this.#mask + 1) * ENTRY_WORDS);
    for (let at = 0; at < old.length; at += ENTRY_WORDS) {
      if (old[at + VALUE] === 0) continue;
      this.#key.set(old.subarray(at, at + KEY_WORDS));
      this.#entries.set(old.subarray(at, at + ENTRY_WORDS), this.#locate() * ENTRY_WORDS);
    }
  }
}
