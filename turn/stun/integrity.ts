/** MESSAGE-INTEGRITY in both strengths, and the long-term keys it is made with (RFC 8489, sections 9.2 and 14). */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Attr, PasswordAlgorithm } from './constants.ts';
import type { StunMessage } from './message.ts';

export type IntegrityKind = 'sha1' | 'sha256';

export function longTermKey(
  algorithm: number,
  username: string,
  realm: string,
  password: string,
): Uint8Array {
  const hash = createHash(algorithm === PasswordAlgorithm.sha256 ? 'sha256' : 'md5');
  return hash.update(`${username}:${realm}:${password}`).digest();
}

/** Which integrity a request carries; the stronger one decides when it carries both. */
export function integrityKind(message: StunMessage): IntegrityKind | undefined {
  if (message.has(Attr.messageIntegritySha256)) return 'sha256';
  return message.has(Attr.messageIntegrity) ? 'sha1' : undefined;
}

export function integrityHolds(message: StunMessage, kind: IntegrityKind, key: Uint8Array): boolean {
  const type = kind === 'sha1' ? Attr.messageIntegrity : Attr.messageIntegritySha256;
  const given = message.get(type);
  const covered = message.offsetOf(type);
  if (!given || covered === undefined || !validSize(kind, given.length)) return false;
  const expected = integrityOf(kind, key, message.bytes, covered, given.length);
  return timingSafeEqual(given, expected);
}

/** SHA-256 may be cut to a multiple of four, not below 16 bytes (RFC 8489, section 14.6). */
function validSize(kind: IntegrityKind, size: number): boolean {
  return kind === 'sha1' ? size === 20 : size >= 16 && size <= 32 && size % 4 === 0;
}

/** The HMAC over the first `covered` bytes, with the header's length as if the message ended with this attribute. */
export function integrityOf(
  kind: IntegrityKind,
  key: Uint8Array,
  bytes: Uint8Array,
  covered: number,
  size: number,
): Uint8Array {
  const length = covered + 4 + size - 20;
  const digest = createHmac(kind, key)
    .update(bytes.subarray(0, 2))
    .update(Uint8Array.of(length >> 8, length & 255))
    .update(bytes.subarray(4, covered))
    .digest();
  return digest.subarray(0, size);
}
