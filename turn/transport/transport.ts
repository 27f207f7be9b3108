/** The border between TURN's rules and the sockets that carry it: what each side may ask of the other. */
import type { Address } from '../stun/address.ts';
import type { Allocation, Channel } from '../allocation/allocation.ts';

/** The way back to one client: a UDP 5-tuple, or a TCP or TLS connection. */
export interface ClientPath {
  readonly protocol: 'udp' | 'tcp' | 'tls';
  readonly client: Address;
  /** The address of ours that the client reached. */
  readonly server: Address;
  /** Unique for the 5-tuple. */
  readonly key: string;
  send(message: Uint8Array): void;
  /** Data from a channel's peer. */
  sendChannel(number: number, data: Uint8Array): void;
  /** For behaviour discovery: answers from another of the server's addresses, or to another port. */
  sendFrom?(message: Uint8Array, from: Address, toPort: number): void;
  /** The client's allocation begins and ends: from now on its channel data is looked up by this path. */
  attach(allocation: Allocation): void;
  detach(): void;
}

/** One relayed address: a UDP socket of an allocation. */
export interface Relay {
  readonly address: Address;
  send(data: Uint8Array, to: Address, dontFragment: boolean): void;
  /** Data to a channel's peer; the same as `send`, with everything looked up beforehand. */
  sendChannel(channel: Channel, data: Uint8Array): void;
  /** Everything that the socket receives from now on belongs to this allocation. */
  attach(allocation: Allocation): void;
  channelBound(channel: Channel): void;
  channelUnbound(channel: Channel): void;
  close(): void;
}

export interface RelayOpener {
  /** Whether `send` can ask the network not to fragment. */
  readonly canForbidFragments: boolean;
  /** Binds a socket now; undefined when that port is taken. */
  open(address: Address): Relay | undefined;
  /** Lets go of a relay's socket without closing it, and takes it up again, perhaps on another thread. */
  layDown(relay: Relay): number;
  takeUp(handle: number, address: Address): Relay;
}

export interface Clock {
  /** Milliseconds that never jump, for lifetimes. */
  now(): number;
  /** Milliseconds since 1970, for the expiry of credentials. */
  wall(): number;
}

export const systemClock: Clock = { now: () => performance.now(), wall: () => Date.now() };
