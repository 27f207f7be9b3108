/**
 * Nonces without memory: a timestamp and an HMAC over it and the client's address. They begin with RFC 8489's
 * cookie, whose bit says that this server takes password algorithms.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { addressKey, type Address } from '../stun/address.ts';

const COOKIE = 'obMatJos2';
/** 24 bits in base64; the first is "password algorithms". */
const FEATURES = Buffer.from([0x80, 0, 0]).toString('base64');
const PREFIX = COOKIE + FEATURES;
const MAC_BYTES = 11;
const NONCE_LIFETIME_SECONDS = 3600;

export function makeNonce(key: Uint8Array, client: Address, wallMs: number): string {
  const stamp = Buffer.alloc(4);
  stamp.writeUInt32BE(Math.floor(wallMs / 1000));
  return PREFIX + Buffer.concat([stamp, mac(key, client, stamp)]).toString('base64url');
}

export function nonceHolds(key: Uint8Array, nonce: string, client: Address, wallMs: number): boolean {
  const body = Buffer.from(nonce.slice(PREFIX.length), 'base64url');
  if (!nonce.startsWith(PREFIX) || body.length !== 4 + MAC_BYTES) return false;
  if (!timingSafeEqual(body.subarray(4), mac(key, client, body.subarray(0, 4)))) return false;
  const age = wallMs / 1000 - body.readUInt32BE(0);
  return age < NONCE_LIFETIME_SECONDS;
}

function mac(key: Uint8Array, client: Address, stamp: Uint8Array): Buffer {
  const hmac = createHmac('sha256', key).update(stamp).update(addressKey(client), 'utf16le');
  return hmac.digest().subarray(0, MAC_BYTES);
}
