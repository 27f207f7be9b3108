/** This server's own addresses: all of this host's, and what relays are announced as behind a 1:1 NAT. */
import { ipKey, sameIp } from '../stun/address.ts';

export class OwnAddresses {
  readonly #own = new Set<string>();
  readonly #announced = new Map<string, Uint8Array>();
  readonly #external: readonly Uint8Array[];

  /** `local` are this host's addresses, `relays` those that relays bind to, `external` their public faces. */
  constructor(addresses: {
    local: readonly Uint8Array[];
    relays: readonly Uint8Array[];
    external: readonly Uint8Array[];
  }) {
    const { local, relays, external } = addresses;
    this.#external = external;
    for (const ip of [...local, ...relays]) this.#own.add(ipKey(ip));
    for (const ip of external) {
      const behind = relays.find((relay) => relay.length === ip.length);
      if (behind) this.#announced.set(ipKey(ip), behind);
    }
  }

  isOwn(ip: Uint8Array): boolean {
    const key = ipKey(ip);
    return this.#own.has(key) || this.#announced.has(key);
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
