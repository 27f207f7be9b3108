/**
 * What the engine seals, as bytes: the same over link, relay and mailbox.
 *
 *   0         1      2
 *   | version | kind | ...
 *
 *   kind 1, a message to a room:     | session id (32) | Megolm ciphertext |
 *   kind 2, an event to one device:  | Olm type (1)    | sender's Curve25519 key (32) | Olm ciphertext |
 *
 * Version 2. The engine speaks base64 inside JSON; nothing of that is sent. Whom an event is for is not written down:
 * whoever else gets it cannot open it.
 */
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import { base64, bytesOfBase64 } from '../base64.ts';

const VERSION = 2;
const MESSAGE = 1;
const EVENT = 2;
const KEY_BYTES = 32;
const MESSAGE_HEAD = 2 + KEY_BYTES;
const EVENT_HEAD = 3 + KEY_BYTES;
/** As base64 it still fits the relay and the mailbox. */
const MAX_BYTES = (LIMITS.relayBodyMax / 4) * 3;

/** All texts are base64 without padding, as the engine writes them. */
interface SealedMessage {
  readonly kind: 'message';
  readonly sessionId: string;
  /** Which message of its session, counted from 0. Authenticated once the message has been opened. */
  readonly index: number;
  readonly ciphertext: string;
}

interface SealedEvent {
  readonly kind: 'event';
  /** 0: begins a session between the two devices; 1: belongs to one. */
  readonly olmType: 0 | 1;
  readonly senderKey: string;
  readonly ciphertext: string;
}

export type SealedProblem = 'version' | 'malformed' | 'too-large';

/** Tells mail for the conversation from mail for the engine without opening it. */
export function kindOf(bytes: Uint8Array): 'message' | 'event' | null {
  if (bytes[0] !== VERSION) return null;
  if (bytes[1] === MESSAGE) return 'message';
  return bytes[1] === EVENT ? 'event' : null;
}

/** Null when it is too large for the relay. */
export function packMessage(sessionId: string, ciphertext: string): Uint8Array<ArrayBuffer> | null {
  return pack([VERSION, MESSAGE], sessionId, ciphertext);
}

/** Null when it is too large for the mailbox. */
export function packEvent(
  olmType: number,
  senderKey: string,
  ciphertext: string,
): Uint8Array<ArrayBuffer> | null {
  return pack([VERSION, EVENT, olmType], senderKey, ciphertext);
}

function pack(head: readonly number[], key: string, ciphertext: string): Uint8Array<ArrayBuffer> | null {
  const keyBytes = bytesOfBase64(key);
  const body = bytesOfBase64(ciphertext);
  if (keyBytes?.length !== KEY_BYTES || body === null) throw new Error('The engine changed its format.');
  const length = head.length + KEY_BYTES + body.length;
  if (length > MAX_BYTES) return null;
  const bytes = new Uint8Array(length);
  bytes.set(head);
  bytes.set(keyBytes, head.length);
  bytes.set(body, head.length + KEY_BYTES);
  return bytes;
}

export function unpackMessage(bytes: Uint8Array): SealedMessage | SealedProblem {
  const problem = problemOf(bytes, MESSAGE, MESSAGE_HEAD);
  if (problem !== null) return problem;
  const body = bytes.subarray(MESSAGE_HEAD);
  const index = megolmIndex(body);
  if (index === null) return 'malformed';
  return {
    kind: 'message',
    sessionId: unpadded(bytes.subarray(2, MESSAGE_HEAD)),
    index,
    ciphertext: unpadded(body),
  };
}

export function unpackEvent(bytes: Uint8Array): SealedEvent | SealedProblem {
  const problem = problemOf(bytes, EVENT, EVENT_HEAD);
  if (problem !== null) return problem;
  const olmType = bytes[2];
  if (olmType !== 0 && olmType !== 1) return 'malformed';
  return {
    kind: 'event',
    olmType,
    senderKey: unpadded(bytes.subarray(3, EVENT_HEAD)),
    ciphertext: unpadded(bytes.subarray(EVENT_HEAD)),
  };
}

function problemOf(bytes: Uint8Array, kind: number, head: number): SealedProblem | null {
  if (bytes.length > MAX_BYTES) return 'too-large';
  if (bytes[0] !== VERSION) return 'version';
  return bytes[1] === kind && bytes.length > head ? null : 'malformed';
}

/** Which message of its session this is, by what the engine just sealed. */
export function indexOf(ciphertext: string): number {
  // Its beginning is enough: 12 characters of base64 are 9 bytes, and the index ends within 7.
  const index = megolmIndex(bytesOfBase64(ciphertext.slice(0, 12)) ?? new Uint8Array());
  if (index === null) throw new Error('The engine changed its format.');
  return index;
}

/** A Megolm message begins with its version (3), the tag 8 and its index as a varint of at most 32 bits. */
function megolmIndex(body: Uint8Array): number | null {
  if (body[0] !== 3 || body[1] !== 8) return null;
  let index = 0;
  for (let at = 0; at < 5; at++) {
    const byte = body[2 + at];
    if (byte === undefined) return null;
    index += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return index < 2 ** 32 ? index : null;
  }
  return null;
}

const unpadded = (bytes: Uint8Array): string => base64(bytes).replace(/=+$/, '');
