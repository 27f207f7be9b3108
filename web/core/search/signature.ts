/**
 * Says of a block of messages, without reading it, that a term does not occur in it. Pure.
 *
 * A Bloom filter of 32,768 bits, two per key. Keys are the beginnings of a word up to six units, and of runs of Chinese
 * and the like every character and every pair of neighbours. A block of 24,000 units has some 6,000 keys, which sets
 * about a third of the bits: one block in ten is read in vain.
 */
import { runsOf } from './terms.ts';
import type { Term } from './terms.ts';

export type Signature = Uint8Array<ArrayBuffer>;

const BYTES = 4096;
const BITS = BYTES * 8;
const BEGINNING_MAX = 6;

export function emptySignature(): Signature {
  return new Uint8Array(BYTES);
}

export function addText(signature: Signature, folded: string): void {
  for (const run of runsOf(folded))
    for (const key of keysIn(run)) for (const bit of bitsOf(key)) set(signature, bit);
}

export function mayHold(signature: Signature, terms: readonly Term[]): boolean {
  return terms.every((term) =>
    keysFor(term).every((key) => bitsOf(key).every((bit) => isSet(signature, bit))),
  );
}

/** Under which a run is found. */
function keysIn({ text, word }: Term): string[] {
  if (word)
    return Array.from({ length: Math.min(text.length, BEGINNING_MAX) }, (_, n) => text.slice(0, n + 1));
  const characters = Array.from(text);
  return [...characters, ...pairsOf(characters)];
}

/** Which must all be there for the term to occur. */
function keysFor({ text, word }: Term): string[] {
  if (word) return [text.slice(0, BEGINNING_MAX)];
  const characters = Array.from(text);
  return characters.length === 1 ? characters : pairsOf(characters);
}

function pairsOf(characters: readonly string[]): string[] {
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}

/** FNV-1a, mixed so that all its bits count: the lowest 15 and the next 15. */
function bitsOf(key: string): [number, number] {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  hash ^= hash >>> 15;
  return [hash & (BITS - 1), (hash >>> 15) & (BITS - 1)];
}

function set(signature: Signature, bit: number): void {
  signature[bit >> 3] = (signature[bit >> 3] ?? 0) | (1 << (bit & 7));
}

function isSet(signature: Signature, bit: number): boolean {
  return ((signature[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
}
