/**
 * Ids of messages and of changes to them: 48 characters that sort by time as text.
 *
 *   0         10                        26                    48
 *   |  time   |        randomness        |      author        |
 *    48 bits, ms        80 bits            a person's id, base64url
 *    Crockford base 32: no I, L, O, U
 *
 * The time is a hybrid logical clock: the sender's, but never earlier than the newest message seen in the
 * conversation, so that an answer sorts after its question even when the clocks differ.
 *
 * Whoever gets a letter takes it only if its id names the verified sender, so nobody can occupy the id of somebody
 * else's letter. Histories from before that, and entries that each page writes for itself, have ids without an author.
 */
import * as v from 'valibot';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_CHARS = 10;
/** Without the author. */
const LENGTH = 26;

/** A message further ahead than this does not pull our clock along: one friend's broken clock stays theirs. */
export const MAX_LEAD = 5 * 60_000;

export const messageIdSchema = v.pipe(
  v.string(),
  v.regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}(?:[A-Za-z0-9_-]{22})?$/),
);

/** Sorts before every id, for ranges. */
export const LOWEST_ID = '0'.repeat(LENGTH);
/** Sorts after every id. */
export const HIGHEST_ID = `7${'Z'.repeat(LENGTH - 1)}~`;

export function timeOfId(id: string): number {
  let time = 0;
  for (const char of id.slice(0, TIME_CHARS)) time = time * 32 + ALPHABET.indexOf(char);
  return time;
}

/** The person whose letter it is; null: an id without an author. */
export const authorOfId = (id: string): string | null => id.slice(LENGTH) || null;

/** An id without an author becomes one of this person's. */
export const boundTo = (id: string, authorId: string): string => id.slice(0, LENGTH) + authorId;

export interface IdMaker {
  /** An id after everything made here before and after `newestSeen`, unless that is far in the future. */
  next(newestSeen: string | null): string;
}

/** So many random bytes. */
type RandomBytes = (length: number) => Uint8Array;

/** All that it makes are `authorId`'s. */
export function createIdMaker(now: () => number, randomBytes: RandomBytes, authorId: string): IdMaker {
  let last = LOWEST_ID;
  return {
    next(newestSeen) {
      const time = now();
      const heeded = newestSeen !== null && timeOfId(newestSeen) <= time + MAX_LEAD ? newestSeen : LOWEST_ID;
      const floor = heeded > last ? heeded : last;
      const fresh = encodeTime(Math.max(time, timeOfId(floor))) + encodeRandom(randomBytes) + authorId;
      last = idAfter(fresh, floor);
      return last;
    },
  };
}

/** The id of something that happened at this time, ms, which everybody makes the same of the same text (base64url). */
export function idAt(time: number, text: string): string {
  let id = encodeTime(time);
  for (let at = 0; id.length < LENGTH; at++) id += ALPHABET.charAt((text.codePointAt(at) ?? 0) % 32);
  return id;
}

/**
 * `id` if it sorts after `floor`, else one of the same author and randomness that does. Several devices of one person may
 * follow the same floor at the same moment, so the steps from it must be different ones.
 */
export function idAfter(id: string, floor: string | null): string {
  return floor === null || id > floor ? id : beyond(floor, id) + id.slice(LENGTH);
}

function encodeTime(time: number): string {
  let text = '';
  for (let rest = Math.max(0, Math.floor(time)), n = 0; n < TIME_CHARS; n++, rest = Math.floor(rest / 32)) {
    text = ALPHABET.charAt(rest % 32) + text;
  }
  return text;
}

function encodeRandom(randomBytes: RandomBytes): string {
  let text = '';
  // A byte holds eight 5-bit values' worth of evenness: 256 divides by 32, so the remainder is unbiased.
  for (const byte of randomBytes(LENGTH - TIME_CHARS)) text += ALPHABET.charAt(byte % 32);
  return text;
}

/** So much of its own randomness an id goes beyond another one: some thousand of them fit into a millisecond. */
const STEP_BITS = 70n;
const RANDOM_BITS = 80n;

/** Without an author: after `floor`, at the same time, or a millisecond later when no more fits there. */
function beyond(floor: string, id: string): string {
  const sum = randomnessOf(floor) + 1n + (randomnessOf(id) >> (RANDOM_BITS - STEP_BITS));
  const carry = Number(sum >> RANDOM_BITS);
  let text = '';
  for (let rest = sum, n = TIME_CHARS; n < LENGTH; n++, rest >>= 5n)
    text = ALPHABET.charAt(Number(rest & 31n)) + text;
  return encodeTime(timeOfId(floor) + carry) + text;
}

function randomnessOf(id: string): bigint {
  let value = 0n;
  for (const char of id.slice(TIME_CHARS, LENGTH)) value = (value << 5n) | BigInt(ALPHABET.indexOf(char));
  return value;
}
