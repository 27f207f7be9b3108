/** UDP through Node's own dgram: works everywhere, one system call and one callback for each packet. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import type { Allocation, Channel } from '../allocation/allocation.ts';
import type { Engine } from '../server/engine.ts';
import { formatAddress, formatIp, parseAddress, type Address } from '../stun/address.ts';
import { isChannelData } from '../stun/constants.ts';
import { channelHeader, forwardToClient, forwardToPeer } from './forward.ts';
import type { ClientPath, Relay, RelayOpener } from './transport.ts';

/** What a socket may hold back when the kernel's buffer is full; beyond it packets are lost, as UDP's are. */
const MAX_QUEUED_BYTES = 1 << 20;
const SOCKET_BUFFER_BYTES = 1 << 20;

export class DgramTransport implements RelayOpener {
  readonly canForbidFragments = false;
  readonly #engine: () => Engine;
  readonly #listeners: Listener[] = [];
  readonly #laidDown = new Map<number, Relay>();
  #lastHandle = 0;

  /** The engine needs the opener and the opener the engine: hence a function. */
  constructor(engine: () => Engine) {
    this.#engine = engine;
  }

  async listen(at: Address): Promise<void> {
    const socket = plainSocket(at.family);
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind({ address: formatIp(at.ip), port: at.port, exclusive: true }, () => {
        socket.removeListener('error', reject);
        resolve();
      });
    });
    enlargeBuffers(socket);
    this.#listeners.push(new Listener(socket, at, this.#engine(), this.#listeners));
  }

  open(at: Address): Relay | undefined {
    const socket = plainSocket(at.family);
    let failed = false;
    socket.on('error', () => {
      failed = true;
    });
    socket.bind({ address: formatIp(at.ip), port: at.port, exclusive: true });
    if (failed || !isBound(socket)) {
      socket.close();
      return undefined;
    }
    enlargeBuffers(socket);
    return new DgramRelay(socket, at, this.#engine());
  }

  /** Node's sockets stay on their thread, which with this transport is the only one. */
  layDown(relay: Relay): number {
    const handle = ++this.#lastHandle;
    this.#laidDown.set(handle, relay);
    return handle;
  }

  takeUp(handle: number): Relay {
    const relay = this.#laidDown.get(handle);
    if (!relay) throw new Error('no such relay was laid down');
    this.#laidDown.delete(handle);
    return relay;
  }

  close(): void {
    for (const listener of this.#listeners) listener.socket.close();
  }
}

/** All addresses are literals: looking them up at once makes bind and send synchronous, too. */
function plainSocket(family: 4 | 6): Socket {
  return createSocket({
    type: family === 4 ? 'udp4' : 'udp6',
    ipv6Only: family === 6,
    lookup: (host, _options, callback) => callback(null, host, family),
  });
}

function isBound(socket: Socket): boolean {
  try {
    socket.address();
    return true;
  } catch {
    // Node throws for a socket that has no address yet: that is the answer.
    return false;
  }
}

function enlargeBuffers(socket: Socket): void {
  socket.setRecvBufferSize(SOCKET_BUFFER_BYTES);
  socket.setSendBufferSize(SOCKET_BUFFER_BYTES);
}

/** One address that clients reach. */
class Listener {
  readonly socket: Socket;
  readonly at: Address;
  readonly engine: Engine;
  /** Clients with an allocation, by `address|port`. */
  readonly paths = new Map<string, DgramPath>();
  readonly siblings: readonly Listener[];

  constructor(socket: Socket, at: Address, engine: Engine, siblings: readonly Listener[]) {
    this.socket = socket;
    this.at = at;
    this.engine = engine;
    this.siblings = siblings;
    socket.on('message', (data, from) => this.#receive(data, from));
    socket.on('error', () => engine.counters.add('unsentPackets'));
  }

  #receive(data: Buffer, from: RemoteInfo): void {
    const path = this.paths.get(`${from.address}|${from.port}`);
    if (isChannelData(data[0]!)) path?.forward(data);
    else if (path) this.engine.receive(path, data);
    else {
      const client = parseAddress(from.address, from.port);
      if (client) this.engine.receive(new DgramPath(this, client, from.address), data);
    }
  }
}

class DgramPath implements ClientPath {
  readonly protocol = 'udp';
  readonly client: Address;
  readonly server: Address;
  readonly key: string;
  readonly #listener: Listener;
  readonly #host: string;
  #allocation: Allocation | undefined;

  constructor(listener: Listener, client: Address, host: string) {
    this.#listener = listener;
    this.#host = host;
    this.client = client;
    this.server = listener.at;
    this.key = `udp ${formatAddress(listener.at)} ${formatAddress(client)}`;
  }

  send(message: Uint8Array): void {
    transmit(this.#listener.socket, message, this.client.port, this.#host, this.#listener.engine);
  }

  sendFrom(message: Uint8Array, from: Address, toPort: number): void {
    const { siblings, engine } = this.#listener;
    const other = siblings.find((s) => formatAddress(s.at) === formatAddress(from));
    if (other) transmit(other.socket, message, toPort, this.#host, engine);
  }

  attach(allocation: Allocation): void {
    this.#allocation = allocation;
    this.#listener.paths.set(`${this.#host}|${this.client.port}`, this);
  }

  detach(): void {
    this.#allocation = undefined;
    this.#listener.paths.delete(`${this.#host}|${this.client.port}`);
  }

  forward(packet: Buffer): void {
    if (this.#allocation) forwardToPeer(this.#listener.engine, this.#allocation, packet);
  }

  sendChannel(number: number, data: Uint8Array): void {
    const packet = [channelHeader(number, data.length), data];
    transmit(this.#listener.socket, packet, this.client.port, this.#host, this.#listener.engine);
  }
}

class DgramRelay implements Relay {
  readonly address: Address;
  readonly #socket: Socket;
  readonly #engine: Engine;
  /** Channels by their peer's `address|port`, as Node spells it. */
  readonly #channels = new Map<string, Channel>();
  readonly #hosts = new Map<Channel, string>();
  #allocation: Allocation | undefined;

  constructor(socket: Socket, at: Address, engine: Engine) {
    this.#socket = socket;
    this.#engine = engine;
    this.address = at;
    socket.removeAllListeners('error');
    socket.on('error', () => engine.counters.add('unsentPackets'));
    socket.on('message', (data, from) => this.#receive(data, from));
  }

  attach(allocation: Allocation): void {
    this.#allocation = allocation;
  }

  send(data: Uint8Array, to: Address): void {
    transmit(this.#socket, data, to.port, formatIp(to.ip), this.#engine);
  }

  sendChannel(channel: Channel, data: Uint8Array): void {
    transmit(this.#socket, data, channel.target.port, this.#hosts.get(channel)!, this.#engine);
  }

  channelBound(channel: Channel): void {
    const host = formatIp(channel.target.ip);
    this.#hosts.set(channel, host);
    this.#channels.set(`${host}|${channel.target.port}`, channel);
  }

  channelUnbound(channel: Channel): void {
    this.#hosts.delete(channel);
    this.#channels.delete(`${formatIp(channel.target.ip)}|${channel.target.port}`);
  }

  close(): void {
    this.#allocation = undefined;
    this.#socket.close();
  }

  #receive(data: Buffer, from: RemoteInfo): void {
    if (!this.#allocation) return;
    const channel = this.#channels.get(`${from.address}|${from.port}`);
    if (channel && forwardToClient(this.#engine, channel, data)) return;
    const source = parseAddress(from.address, from.port);
    if (source) this.#engine.fromPeer(this.#allocation, source, data);
  }
}

function transmit(
  socket: Socket,
  data: Uint8Array | Uint8Array[],
  port: number,
  host: string,
  engine: Engine,
): void {
  if (port === 0 || socket.getSendQueueSize() > MAX_QUEUED_BYTES) {
    engine.counters.add('unsentPackets');
    return;
  }
  socket.send(data, port, host);
}
