/** What the batching transport keeps for each socket and client. */
import type { Allocation, Channel } from '../allocation/allocation.ts';
import { formatAddress, type Address } from '../stun/address.ts';
import type { BatchTransport } from './batch.ts';
import { channelHeader } from './forward.ts';
import { PMTU_DO, PMTU_DONT, type Libc } from './libc.ts';
import { NO_ENTRY, type Sender } from './outbox.ts';
import { sockaddrOf } from './sockaddr.ts';
import { setPathDiscovery, type Scratch } from './sockets.ts';
import type { ClientPath, Relay } from './transport.ts';

export type BatchSocket = Listener | BatchRelay;

/** An address that clients reach. */
export class Listener implements Sender {
  readonly fd: number;
  readonly index: number;
  readonly address: Address;
  readonly transport: BatchTransport;
  firstOut = NO_ENTRY;
  lastOut = NO_ENTRY;

  constructor(fd: number, index: number, at: Address, transport: BatchTransport) {
    this.fd = fd;
    this.index = index;
    this.address = at;
    this.transport = transport;
  }
}

/** The way back to a client over UDP. Made anew for each message until an allocation keeps it. */
export class BatchPath implements ClientPath {
  readonly protocol = 'udp';
  readonly client: Address;
  readonly server: Address;
  readonly key: string;
  readonly listener: Listener;
  readonly words: Int32Array;
  readonly #transport: BatchTransport;

  constructor(listener: Listener, client: Address, transport: BatchTransport) {
    this.listener = listener;
    this.client = client;
    this.server = listener.address;
    this.key = `udp ${formatAddress(listener.address)} ${formatAddress(client)}`;
    this.words = sockaddrOf(client);
    this.#transport = transport;
  }

  send(message: Uint8Array): void {
    this.#transport.sendCopy(this.listener, [message], this.words);
  }

  sendChannel(number: number, data: Uint8Array): void {
    this.#transport.sendCopy(this.listener, [channelHeader(number, data.length), data], this.words);
  }

  sendFrom(message: Uint8Array, from: Address, toPort: number): void {
    const listener = this.#transport.listenerAt(from);
    if (!listener) return;
    this.#transport.sendCopy(listener, [message], sockaddrOf({ ...this.client, port: toPort }));
  }

  // Channels are found in the transport's table: there is nothing to keep here.
  attach(): void {}
  detach(): void {}
}

export class BatchRelay implements Relay, Sender {
  readonly fd: number;
  readonly index: number;
  readonly address: Address;
  allocation: Allocation | undefined;
  firstOut = NO_ENTRY;
  lastOut = NO_ENTRY;
  readonly #transport: BatchTransport;

  constructor(fd: number, index: number, at: Address, transport: BatchTransport) {
    this.fd = fd;
    this.index = index;
    this.address = at;
    this.#transport = transport;
  }

  attach(allocation: Allocation): void {
    this.allocation = allocation;
  }

  send(data: Uint8Array, to: Address, dontFragment: boolean): void {
    const words = sockaddrOf(to);
    if (dontFragment) this.#transport.sendWhole(this, data, words);
    else this.#transport.sendCopy(this, [data], words);
  }

  sendChannel(channel: Channel, data: Uint8Array): void {
    this.#transport.sendCopy(this, [data], sockaddrOf(channel.target));
  }

  channelBound(channel: Channel): void {
    this.#transport.bound(this, channel);
  }

  channelUnbound(channel: Channel): void {
    this.#transport.unbound(this, channel);
  }

  forbidFragments(libc: Libc, scratch: Scratch, forbid: boolean): void {
    setPathDiscovery(libc, scratch, this.fd, this.address.family, forbid ? PMTU_DO : PMTU_DONT);
  }

  close(): void {
    this.allocation = undefined;
    this.#transport.closed(this);
  }
}
