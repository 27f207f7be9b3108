/**
 * Reads STUN messages without copying them.
 *
 *     0                   1                   2                   3
 *    |0 0|  class and method (14) |      length of the attributes    |
 *    |                 magic cookie 0x2112A442                      |
 *    |                 transaction id (12 bytes)                    |
 *    |  type (16)  |  length (16)  |  value, padded to 4 bytes  | ...
 *
 * A message without the cookie is an RFC 3489 one: its transaction id is 16 bytes, the cookie's four included.
 */
import { crc32 } from 'node:zlib';
import { Attr, type Class, Family, HEADER_BYTES, MAGIC_COOKIE } from './constants.ts';
import { address, type Address } from './address.ts';

/** What FINGERPRINT xors its CRC with, so that it differs from a CRC another protocol may carry. */
export const FINGERPRINT_XOR = 0x5354554e;
const MAX_ATTRIBUTES = 64;
/** Comprehension-optional attributes start here; an unknown one is skipped. */
const FIRST_OPTIONAL = 0x8000;

interface Attribute {
  readonly type: number;
  readonly start: number;
  readonly length: number;
}

export class StunMessage {
  readonly bytes: Uint8Array;
  readonly method: number;
  readonly class: Class;
  /** RFC 3489: no magic cookie. */
  readonly classic: boolean;
  readonly attributes: readonly Attribute[];

  constructor(bytes: Uint8Array, attributes: Attribute[]) {
    const type = (bytes[0]! << 8) | bytes[1]!;
    this.bytes = bytes;
    this.attributes = attributes;
    this.method = (type & 0x000f) | ((type & 0x00e0) >> 1) | ((type & 0x3e00) >> 2);
    this.class = (((type & 0x0100) >> 7) | ((type & 0x0010) >> 4)) as Class;
    this.classic = readUint32(bytes, 4) !== MAGIC_COOKIE;
  }

  /** Cookie and transaction id: what an answer repeats. */
  get id(): Uint8Array {
    return this.bytes.subarray(4, HEADER_BYTES);
  }

  has(type: number): boolean {
    return this.attributes.some((a) => a.type === type);
  }

  /** The first attribute of a type counts, later ones are ignored (RFC 8489, section 14). */
  get(type: number): Uint8Array | undefined {
    const found = this.attributes.find((a) => a.type === type);
    return found && this.bytes.subarray(found.start, found.start + found.length);
  }

  /** Where an attribute's header begins: integrity covers everything before it. */
  offsetOf(type: number): number | undefined {
    const found = this.attributes.find((a) => a.type === type);
    return found && found.start - 4;
  }

  text(type: number): string | undefined {
    const value = this.get(type);
    return value && Buffer.from(value.buffer, value.byteOffset, value.length).toString('utf8');
  }

  uint32(type: number): number | undefined {
    const value = this.get(type);
    return value?.length === 4 ? readUint32(value, 0) : undefined;
  }

  xorAddress(type: number): Address | undefined {
    const value = this.get(type);
    return value && decodeXorAddress(value, this.id);
  }

  /** Every address of a type, or undefined when one of them is malformed. */
  xorAddresses(type: number): Address[] | undefined {
    const found: Address[] = [];
    for (const a of this.attributes) {
      if (a.type !== type) continue;
      const decoded = decodeXorAddress(this.bytes.subarray(a.start, a.start + a.length), this.id);
      if (!decoded) return undefined;
      found.push(decoded);
    }
    return found;
  }

  /** Attributes the reader must understand and does not. */
  unknown(known: ReadonlySet<number>): number[] {
    return [
      ...new Set(this.attributes.map((a) => a.type).filter((t) => t < FIRST_OPTIONAL && !known.has(t))),
    ];
  }
}

/** Parses one whole message, or says undefined: what is not exactly a STUN message is not answered. */
export function parseMessage(bytes: Uint8Array): StunMessage | undefined {
  if (bytes.length < HEADER_BYTES || bytes[0]! > 0x3f) return undefined;
  const length = (bytes[2]! << 8) | bytes[3]!;
  if (length % 4 !== 0 || length + HEADER_BYTES !== bytes.length) return undefined;
  const attributes = parseAttributes(bytes);
  if (!attributes) return undefined;
  const message = new StunMessage(bytes, attributes);
  return fingerprintHolds(message) ? message : undefined;
}

/**
 * Attributes after MESSAGE-INTEGRITY are not protected by it, so they are ignored, save for the two that may
 * follow it: MESSAGE-INTEGRITY-SHA256 and FINGERPRINT; nothing counts after FINGERPRINT.
 */
function parseAttributes(bytes: Uint8Array): Attribute[] | undefined {
  const attributes: Attribute[] = [];
  let sealed = false;
  let ended = false;
  for (let at = HEADER_BYTES; at < bytes.length;) {
    const type = (bytes[at]! << 8) | bytes[at + 1]!;
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    const start = at + 4;
    if (start + length > bytes.length || attributes.length === MAX_ATTRIBUTES) return undefined;
    const counts = !sealed || type === Attr.messageIntegritySha256 || type === Attr.fingerprint;
    if (counts && !ended) attributes.push({ type, start, length });
    if (type === Attr.messageIntegrity || type === Attr.messageIntegritySha256) sealed = true;
    if (type === Attr.fingerprint) ended = true;
    at = start + ((length + 3) & ~3);
  }
  return attributes;
}

function fingerprintHolds(message: StunMessage): boolean {
  const offset = message.offsetOf(Attr.fingerprint);
  if (offset === undefined) return true;
  if (offset + 8 !== message.bytes.length) return false;
  const expected = (crc32(message.bytes.subarray(0, offset)) ^ FINGERPRINT_XOR) >>> 0;
  return message.uint32(Attr.fingerprint) === expected;
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** `id` is cookie and transaction id: IPv4 is masked by the cookie alone, IPv6 by all 16 bytes. */
function decodeXorAddress(value: Uint8Array, id: Uint8Array): Address | undefined {
  const size = value[1] === Family.ipv4 ? 4 : 16;
  if (value.length !== 4 + size || (value[1] !== Family.ipv4 && value[1] !== Family.ipv6)) return undefined;
  const port = ((value[2]! << 8) | value[3]!) ^ ((id[0]! << 8) | id[1]!);
  return address(
    value.subarray(4).map((byte, i) => byte ^ id[i]!),
    port,
  );
}
