/** Writes STUN messages; the length field is kept right after every attribute, as integrity needs it. */
import { crc32 } from 'node:zlib';
import { Attr, ERROR_REASONS, HEADER_BYTES, type Class, type ErrorCode } from './constants.ts';
import type { Address } from './address.ts';
import { FINGERPRINT_XOR } from './message.ts';
import { integrityOf, type IntegrityKind } from './integrity.ts';

const INITIAL_BYTES = 256;

export class MessageWriter {
  #bytes = new Uint8Array(INITIAL_BYTES);
  #length = HEADER_BYTES;

  /** `id` is cookie and transaction id, copied from the request. */
  constructor(method: number, messageClass: Class, id: Uint8Array) {
    const type =
      (method & 0x000f) |
      ((method & 0x0070) << 1) |
      ((method & 0x0f80) << 2) |
      ((messageClass & 1) << 4) |
      ((messageClass & 2) << 7);
    this.#bytes[0] = type >> 8;
    this.#bytes[1] = type & 255;
    this.#bytes.set(id, 4);
  }

  attribute(type: number, value: Uint8Array): this {
    const padded = (value.length + 3) & ~3;
    this.#grow(4 + padded);
    const at = this.#length;
    this.#bytes[at] = type >> 8;
    this.#bytes[at + 1] = type & 255;
    this.#bytes[at + 2] = value.length >> 8;
    this.#bytes[at + 3] = value.length & 255;
    this.#bytes.set(value, at + 4);
    this.#setLength(at + 4 + padded);
    return this;
  }

  text(type: number, value: string): this {
    return this.attribute(type, Buffer.from(value, 'utf8'));
  }

  uint32(type: number, value: number): this {
    return this.attribute(
      type,
      Uint8Array.of((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255),
    );
  }

  address(type: number, value: Address): this {
    return this.attribute(type, encodeAddress(value));
  }

  xorAddress(type: number, value: Address): this {
    const encoded = encodeAddress(value);
    const id = this.#bytes.subarray(4, HEADER_BYTES);
    encoded[2]! ^= id[0]!;
    encoded[3]! ^= id[1]!;
    for (let i = 4; i < encoded.length; i++) encoded[i]! ^= id[i - 4]!;
    return this.attribute(type, encoded);
  }

  /** The reason is for people who read packets; it may be left out to be brief. */
  error(code: ErrorCode, phrase: string = ERROR_REASONS[code]): this {
    const reason = Buffer.from(phrase);
    return this.attribute(
      Attr.errorCode,
      Uint8Array.from([0, 0, Math.floor(code / 100), code % 100, ...reason]),
    );
  }

  unknownAttributes(types: readonly number[]): this {
    return this.attribute(Attr.unknownAttributes, Uint8Array.from(types.flatMap((t) => [t >> 8, t & 255])));
  }

  integrity(kind: IntegrityKind, key: Uint8Array): this {
    const covered = this.#length;
    const size = kind === 'sha1' ? 20 : 32;
    this.attribute(
      kind === 'sha1' ? Attr.messageIntegrity : Attr.messageIntegritySha256,
      new Uint8Array(size),
    );
    this.#bytes.set(integrityOf(kind, key, this.#bytes, covered, size), covered + 4);
    return this;
  }

  fingerprint(): this {
    const covered = this.#length;
    this.uint32(Attr.fingerprint, 0);
    const value = (crc32(this.#bytes.subarray(0, covered)) ^ FINGERPRINT_XOR) >>> 0;
    new DataView(this.#bytes.buffer).setUint32(covered + 4, value);
    return this;
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #setLength(length: number): void {
    this.#length = length;
    this.#bytes[2] = (length - HEADER_BYTES) >> 8;
    this.#bytes[3] = (length - HEADER_BYTES) & 255;
  }

  #grow(extra: number): void {
    if (this.#length + extra <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + extra));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

function encodeAddress(value: Address): Uint8Array {
  const encoded = new Uint8Array(4 + value.ip.length);
  encoded[1] = value.family === 4 ? 1 : 2;
  encoded[2] = value.port >> 8;
  encoded[3] = value.port & 255;
  encoded.set(value.ip, 4);
  return encoded;
}
