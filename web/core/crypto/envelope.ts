/**
 * The one place where a message becomes bytes and bytes become a message: the same bytes for link, relay and mailbox.
 *
 *   0         1
 *   | version | content
 *
 * Version 1: content is the message as UTF-8 JSON, not encrypted.
 */
import * as v from 'valibot';
import { wireMessageSchema } from '../wire/message.ts';
import type { WireMessage } from '../wire/message.ts';

/** A device of a friend. */
export interface Address {
  readonly userId: string;
  readonly deviceId: string;
}

type Opened =
  | { readonly ok: true; readonly message: WireMessage }
  | { readonly ok: false; readonly why: 'version' | 'malformed' | 'too-large' };

export interface Envelope {
  seal(message: WireMessage, to: Address): Promise<Uint8Array<ArrayBuffer>>;
  open(bytes: Uint8Array, from: Address): Promise<Opened>;
}

const PLAIN = 1;
/** The longest text in UTF-8 JSON, where a character may take six bytes, with its wrapping. */
const MAX_BYTES = 100 * 1024;

export function createEnvelope(): Envelope {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return {
    seal(message) {
      const content = encoder.encode(JSON.stringify(message));
      const bytes = new Uint8Array(1 + content.length);
      bytes[0] = PLAIN;
      bytes.set(content, 1);
      return Promise.resolve(bytes);
    },
    open(bytes) {
      if (bytes.length > MAX_BYTES) return Promise.resolve({ ok: false, why: 'too-large' });
      if (bytes[0] !== PLAIN) return Promise.resolve({ ok: false, why: 'version' });
      return Promise.resolve(parse(() => decoder.decode(bytes.subarray(1))));
    },
  };
}

function parse(decode: () => string): Opened {
  try {
    const parsed = v.safeParse(wireMessageSchema, JSON.parse(decode()));
    return parsed.success ? { ok: true, message: parsed.output } : { ok: false, why: 'malformed' };
  } catch {
    return { ok: false, why: 'malformed' };
  }
}
