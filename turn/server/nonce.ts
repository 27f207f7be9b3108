/**
 * Nonces without memory: an HMAC over a span of time and the client's address. They begin with RFC 8489's cookie, whose
 * bit says that this server takes password algorithms. All of it is short, because a challenge goes to whoever asks.
 *
 *     "obMatJos2"   feature bits, base64 (4)   HMAC, base64url (11)
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { addressKey, type Address } from '../stun/address.ts';

const COOKIE = 'obMatJos2';
/** 24 bits in base64; the first is "password algorithms". */
const FEATURES = Buffer.from([0x80, 0, 0]).toString('base64');
const PREFIX = COOKIE + FEATURES;
const MAC_BYTES = 8;
/** A nonce holds for the span that it was made in and for the next. */
const SPAN_MS = 1_800_000;

export function makeNonce(key: Uint8Array, client: Address, wallMs: number): string {
  return PREFIX + mac(key, client, Math.floor(wallMs / SPAN_MS)).toString('base64url');
}

export function nonceHolds(key: Uint8Array, nonce: string, client: Address, wallMs: number): boolean {
  const given = Buffer.from(nonce.slice(PREFIX.length), 'base64url');
  if (!nonce.startsWith(PREFIX) || given.length !== MAC_BYTES) return false;
  const span = Math.floor(wallMs / SPAN_MS);
  return [span, span - 1].some((one) => timingSafeEqual(given, mac(key, client, one)));
}

function mac(key: Uint8Array, client: Address, span: number): Buffer {
  const stamp = Buffer.alloc(4);
  stamp.writeUInt32BE(span);
  const hmac = createHmac('sha256', key).update(stamp).update(addressKey(client), 'utf16le');
  return hmac.digest().subarray(0, MAC_BYTES);
}
