/** This server's own addresses: where relays are bound, and what they are announced as behind a 1:1 NAT. */
import { ipKey, sameIp } from '../stun/address.ts';

export class OwnAddresses {
  readonly #bound = new Set<string>();
  readonly #announced = new Map<string, Uint8Array>();
  readonly #external: readonly Uint8Array[];

  /** `listening` are addresses that clients reach, `relays` those that relays bind to, `external` their public faces. */
  constructor(
    listening: readonly Uint8Array[],
    relays: readonly Uint8Array[],
    external: readonly Uint8Array[],
  ) {
    this.#external = external;
    for (const ip of [...listening, ...relays]) this.#bound.add(ipKey(ip));
    for (const ip of external) {
      const behind = relays.find((relay) => relay.length === ip.length);
      if (behind) this.#announced.set(ipKey(ip), behind);
    }
  }

  isOwn(ip: Uint8Array): boolean {
    const key = ipKey(ip);
    return this.#bound.has(key) || this.#announced.has(key);
  }

  /** Where to really send what is meant for `ip`: a NAT rarely turns its own public address back inwards. */
  toBound(ip: Uint8Array): Uint8Array {
    return this.#announced.get(ipKey(ip)) ?? ip;
  }

  /** What clients know a relay address as. */
  toAnnounced(ip: Uint8Array): Uint8Array {
    const external = this.#external.find((e) => e.length === ip.length);
    if (!external) return ip;
    const behind = this.#announced.get(ipKey(external));
    return behind && sameIp(behind, ip) ? external : ip;
  }
}
