/** One client's allocation: its relays, the peers that it let in, and its channels. Lifetimes are checked on use. */
import { addressKey, ipKey, type Address } from '../stun/address.ts';
import type { ClientPath, Relay } from '../transport/transport.ts';

export interface Permission {
  readonly ip: Uint8Array;
  expiresAt: number;
}

export interface Channel {
  readonly number: number;
  /** The peer as the client knows it. */
  readonly peer: Address;
  /** Where packets for it really go: differs from `peer` for a relay of ours behind a 1:1 NAT. */
  readonly target: Address;
  /** The peer is one of our relays: check on each packet that it still is. */
  readonly own: boolean;
  readonly permission: Permission;
  readonly relay: Relay;
  readonly allocation: Allocation;
  expiresAt: number;
}

export class Allocation {
  readonly path: ClientPath;
  readonly username: string;
  readonly realmKey: Uint8Array;
  /** The user's place in the ledger. */
  readonly slot: number;
  /** The transaction that made it, and what it was answered, for retransmissions. */
  readonly transaction: string;
  relays: Relay[];
  expiresAt: number;
  answer: Uint8Array = new Uint8Array(0);
  readonly permissions = new Map<string, Permission>();
  readonly channels = new Map<number, Channel>();
  readonly #channelOfPeer = new Map<string, Channel>();

  constructor(options: {
    path: ClientPath;
    username: string;
    realmKey: Uint8Array;
    slot: number;
    transaction: string;
    relays: Relay[];
    expiresAt: number;
  }) {
    this.path = options.path;
    this.username = options.username;
    this.realmKey = options.realmKey;
    this.slot = options.slot;
    this.transaction = options.transaction;
    this.relays = options.relays;
    this.expiresAt = options.expiresAt;
  }

  relayFor(family: 4 | 6): Relay | undefined {
    return this.relays.find((relay) => relay.address.family === family);
  }

  permits(ip: Uint8Array, now: number): boolean {
    const permission = this.permissions.get(ipKey(ip));
    return permission !== undefined && permission.expiresAt > now;
  }

  hasPermission(ip: Uint8Array): boolean {
    return this.permissions.has(ipKey(ip));
  }

  /** Makes or renews a permission. */
  permit(ip: Uint8Array, expiresAt: number): Permission {
    const key = ipKey(ip);
    const known = this.permissions.get(key);
    if (known) {
      known.expiresAt = expiresAt;
      return known;
    }
    const permission = { ip: ip.slice(), expiresAt };
    this.permissions.set(key, permission);
    return permission;
  }

  channelTo(peer: Address): Channel | undefined {
    return this.#channelOfPeer.get(addressKey(peer));
  }

  bind(channel: Channel): void {
    this.channels.set(channel.number, channel);
    this.#channelOfPeer.set(addressKey(channel.peer), channel);
    channel.relay.channelBound(channel);
  }

  unbind(channel: Channel): void {
    this.channels.delete(channel.number);
    this.#channelOfPeer.delete(addressKey(channel.peer));
    channel.relay.channelUnbound(channel);
  }

  /** Forgets what has run out. A channel's permission stays while the channel may still renew it. */
  sweep(now: number): void {
    for (const channel of this.channels.values()) if (channel.expiresAt <= now) this.unbind(channel);
    for (const [key, permission] of this.permissions) {
      if (permission.expiresAt <= now && !this.#isHeld(permission)) this.permissions.delete(key);
    }
  }

  /** Ends everything; the relays are handed back to be closed by who opened them. */
  end(): Relay[] {
    for (const channel of this.channels.values()) this.unbind(channel);
    const { relays } = this;
    this.relays = [];
    this.path.detach();
    return relays;
  }

  /** Takes out one of two relays (a Refresh of lifetime 0 that names its family). */
  takeRelay(family: 4 | 6): Relay | undefined {
    const relay = this.relayFor(family);
    for (const channel of this.channels.values()) if (channel.relay === relay) this.unbind(channel);
    this.relays = this.relays.filter((other) => other !== relay);
    return relay;
  }

  #isHeld(permission: Permission): boolean {
    for (const channel of this.channels.values()) if (channel.permission === permission) return true;
    return false;
  }
}
