/** Which of this host's addresses clients reach, and where relays for them are bound. */
import { networkInterfaces } from 'node:os';
import { parseIp, sameIp } from '../stun/address.ts';
import type { RelayPlan } from './settings.ts';

/** Every address of this host that a client can be told; link-local ones need a zone, which no URL carries. */
export function localAddresses(): Uint8Array[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((a) => !a.address.startsWith('fe80:'))
    .map((a) => parseIp(a.address))
    .filter((ip) => ip !== undefined);
}

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
