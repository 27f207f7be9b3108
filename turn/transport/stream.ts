/** TURN over TCP and TLS connections: framing, slow readers, and connections that never do anything. */
import type { Socket } from 'node:net';
import type { Allocation } from '../allocation/allocation.ts';
import type { Engine } from '../server/engine.ts';
import { formatAddress, type Address } from '../stun/address.ts';
import { channelHeader, forwardToPeer } from './forward.ts';
import { FrameReader } from './frames.ts';
import type { ClientPath } from './transport.ts';

/** Data for a reader that is this far behind is dropped, as a full UDP buffer would. */
const MAX_BEHIND_BYTES = 1 << 20;
/** A client that does not even take its answers is gone. */
const MAX_ANSWERS_BEHIND_BYTES = 2 << 20;
const IDLE_WITHOUT_ALLOCATION_MS = 30_000;
const PADDING = [new Uint8Array(0), new Uint8Array(3), new Uint8Array(2), new Uint8Array(1)] as const;

export class StreamPath implements ClientPath {
  readonly protocol: 'tcp' | 'tls';
  readonly client: Address;
  readonly server: Address;
  readonly key: string;
  readonly #socket: Socket;
  readonly #engine: Engine;
  readonly #reader = new FrameReader();
  #allocation: Allocation | undefined;

  constructor(options: {
    socket: Socket;
    engine: Engine;
    protocol: 'tcp' | 'tls';
    client: Address;
    server: Address;
  }) {
    this.#socket = options.socket;
    this.#engine = options.engine;
    this.protocol = options.protocol;
    this.client = options.client;
    this.server = options.server;
    this.key = `${this.protocol} ${formatAddress(this.server)} ${formatAddress(this.client)}`;
    this.#listen();
  }

  send(message: Uint8Array): void {
    if (this.#socket.writableLength > MAX_ANSWERS_BEHIND_BYTES) this.#socket.destroy();
    else this.#socket.write(message);
  }

  sendChannel(number: number, data: Uint8Array): void {
    if (this.#socket.writableLength > MAX_BEHIND_BYTES) {
      this.#engine.counters.add('unsentPackets');
      return;
    }
    const header = channelHeader(number, data.length);
    this.#socket.write(Buffer.concat([header, data, PADDING[data.length & 3]!]));
  }

  attach(allocation: Allocation): void {
    this.#allocation = allocation;
  }

  detach(): void {
    this.#allocation = undefined;
  }

  #listen(): void {
    const socket = this.#socket;
    socket.setNoDelay(true);
    socket.setTimeout(IDLE_WITHOUT_ALLOCATION_MS, () => {
      if (!this.#allocation) socket.destroy();
    });
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#engine.pathClosed(this));
  }

  #receive(chunk: Buffer): void {
    const frames = this.#reader.push(chunk);
    if (!frames) {
      this.#engine.counters.add('malformed');
      this.#socket.destroy();
      return;
    }
    for (const { kind, bytes } of frames) {
      if (kind === 'stun') this.#engine.receive(this, bytes);
      else if (this.#allocation) forwardToPeer(this.#engine, this.#allocation, bytes);
    }
  }
}
