/**
 * The kernel's socket addresses as 32-bit words, so that they are compared, hashed and copied without strings.
 *
 *     IPv4   word 0: family, port (network order)   word 1: address
 *     IPv6   word 0: family, port (network order)   word 1: flow   words 2-5: address   word 6: scope
 */
import { address, type Address } from '../stun/address.ts';
import { AF_INET, AF_INET6 } from './libc.ts';

export const SOCKADDR_WORDS = 8;
export const SOCKADDR_BYTES = SOCKADDR_WORDS * 4;
const IPV4_BYTES = 16;
const IPV6_BYTES = 28;

export function sockaddrOf(a: Address): Int32Array {
  const bytes = new Uint8Array(SOCKADDR_BYTES);
  bytes[0] = a.family === 4 ? AF_INET : AF_INET6;
  bytes[2] = a.port >> 8;
  bytes[3] = a.port & 255;
  bytes.set(a.ip, a.family === 4 ? 4 : 8);
  return new Int32Array(bytes.buffer);
}

export function addressAt(bytes: Uint8Array, at: number): Address {
  const isIpv4 = bytes[at] === AF_INET;
  const ip = isIpv4 ? bytes.slice(at + 4, at + 8) : bytes.slice(at + 8, at + 24);
  return address(ip, (bytes[at + 2]! << 8) | bytes[at + 3]!);
}

export function sockaddrLength(firstWord: number): number {
  return (firstWord & 0xffff) === AF_INET ? IPV4_BYTES : IPV6_BYTES;
}
