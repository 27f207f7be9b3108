/**
 * What is said over a link, as bytes:
 *
 *   0         1      2
 *   | version | kind | JSON text of one Spoken, UTF-8
 *
 * Version 2, kind 4: beside the kinds of crypto/sealed.ts. Not sealed again: a link is encrypted from device to device
 * (DTLS), and both fingerprints came in sealed signals, so nobody but that device can be at its other end.
 */
import * as v from 'valibot';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import { jsonSchema } from './json.ts';
import type { Spoken } from './message.ts';
import { spokenSchema } from './message.ts';

const HEAD = [2, 4] as const;
/** No more than what is sealed may have. */
const MAX_BYTES = (LIMITS.relayBodyMax / 4) * 3;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });
const messageSchema = jsonSchema(spokenSchema);

export function packLinkLetter(message: Spoken): Uint8Array<ArrayBuffer> {
  const text = encoder.encode(JSON.stringify(message));
  const bytes = new Uint8Array(HEAD.length + text.length);
  bytes.set(HEAD);
  bytes.set(text, HEAD.length);
  return bytes;
}

export const isLinkLetter = (bytes: Uint8Array): boolean => bytes[0] === HEAD[0] && bytes[1] === HEAD[1];

/** Null if it is malformed or too large. */
export function unpackLinkLetter(bytes: Uint8Array): Spoken | null {
  if (!isLinkLetter(bytes) || bytes.length > MAX_BYTES) return null;
  try {
    const parsed = v.safeParse(messageSchema, decoder.decode(bytes.subarray(HEAD.length)));
    return parsed.success ? parsed.output : null;
  } catch {
    // No UTF-8.
    return null;
  }
}
