/** This host's addresses: which of them clients reach, where relays for them are bound, and when they change. */
import { networkInterfaces } from 'node:os';
import { ipKey, parseIp, sameIp } from '../stun/address.ts';
import type { RelayPlan } from './settings.ts';

const FOLLOW_MS = 5000;

/** Every address of this host. */
export function hostAddresses(): Uint8Array[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map((a) => parseIp(a.address))
    .filter((ip) => ip !== undefined);
}

/** Those that a client can be told; link-local ones need a zone, which no URL carries. */
export function reachableAddresses(): Uint8Array[] {
  return hostAddresses().filter((ip) => !(ip.length === 16 && ip[0] === 0xfe && (ip[1]! & 0xc0) === 0x80));
}

/** Calls `changed` with all addresses whenever they are others than before. Call what it gives to end it. */
export function followAddresses(changed: (local: Uint8Array[]) => void): () => void {
  let known = keyOf(hostAddresses());
  const timer = setInterval(() => {
    const local = hostAddresses();
    if (keyOf(local) === known) return;
    known = keyOf(local);
    changed(local);
  }, FOLLOW_MS).unref();
  return () => clearInterval(timer);
}

const keyOf = (ips: readonly Uint8Array[]): string => ips.map(ipKey).toSorted().join('|');

/**
 * A relay is bound to what the operator names, else to the address that the client reached; behind a 1:1 NAT
 * (external addresses are given), and for the family that the client did not use, to the host's first public face.
 */
export function planRelays(options: {
  listening: readonly Uint8Array[];
  named: readonly Uint8Array[];
  external: readonly Uint8Array[];
}): RelayPlan[] {
  const { listening, named, external } = options;
  return listening.map((ip) => {
    const pick = (size: 4 | 16): Uint8Array | undefined => {
      const fixed = named.find((n) => n.length === size);
      if (fixed) return fixed;
      const mapped = external.some((e) => e.length === size);
      if (ip.length === size && !mapped) return ip;
      const family = listening.filter((l) => l.length === size);
      return (
        family.find((l) => isLoopback(l) === (isLoopback(ip) && !mapped)) ?? (mapped ? family[0] : undefined)
      );
    };
    const ipv4 = pick(4);
    const ipv6 = pick(16);
    return { listening: ip, ...(ipv4 && { ipv4 }), ...(ipv6 && { ipv6 }) };
  });
}

function isLoopback(ip: Uint8Array): boolean {
  return ip.length === 4 ? ip[0] === 127 : ip[15] === 1 && ip.subarray(0, 15).every((byte) => byte === 0);
}

export function withoutRepeats(ips: readonly Uint8Array[]): Uint8Array[] {
  return ips.filter((ip, i) => ips.findIndex((other) => sameIp(other, ip)) === i);
}
