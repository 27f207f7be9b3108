/** TURN's engine without a network: a clock that a test turns, relays and clients that only remember. */
import type { Allocation, Channel } from '../../turn/allocation/allocation.ts';
import { createLedgerMemory } from '../../turn/allocation/ledger.ts';
import { parseCidr } from '../../turn/allocation/cidr.ts';
import { createReservationsMemory } from '../../turn/allocation/reservations.ts';
import { mintCredential } from '../../turn/credential.ts';
import { createCountersMemory, totals, type Totals } from '../../turn/server/counters.ts';
import { Engine } from '../../turn/server/engine.ts';
import { DEFAULT_LIMITS, type Limits, type Settings } from '../../turn/server/settings.ts';
import { address, formatAddress, parseIp, type Address } from '../../turn/stun/address.ts';
import { forwardToClient, forwardToPeer } from '../../turn/transport/forward.ts';
import type { ClientPath, Relay, RelayOpener } from '../../turn/transport/transport.ts';

export const SECRET = 'the secret of this test world';
const SERVER_IPV4 = '198.51.100.1';
const SERVER_IPV6 = '2001:db8::1';
const START_WALL = Date.UTC(2026, 0, 1);

export function at(text: string): Address {
  const split = text.lastIndexOf(':');
  const ip = parseIp(text.slice(0, split).replaceAll(/[[\]]/g, ''));
  if (!ip) throw new Error(`not an address: ${text}`);
  return address(ip, Number(text.slice(split + 1)));
}

export class FakeRelay implements Relay {
  readonly address: Address;
  readonly sent: { to: string; data: Buffer; dontFragment: boolean }[] = [];
  readonly channels = new Map<string, Channel>();
  allocation: Allocation | undefined;
  closed = false;

  constructor(where: Address) {
    this.address = where;
  }

  attach(allocation: Allocation): void {
    this.allocation = allocation;
  }

  send(data: Uint8Array, to: Address, dontFragment: boolean): void {
    this.sent.push({ to: formatAddress(to), data: Buffer.from(data), dontFragment });
  }

  sendChannel(channel: Channel, data: Uint8Array): void {
    this.send(data, channel.target, false);
  }

  channelBound(channel: Channel): void {
    this.channels.set(formatAddress(channel.target), channel);
  }

  channelUnbound(channel: Channel): void {
    this.channels.delete(formatAddress(channel.target));
  }

  close(): void {
    if (this.closed) throw new Error('closed twice');
    this.closed = true;
  }
}

export class FakeClient implements ClientPath {
  readonly protocol: 'udp' | 'tcp' | 'tls';
  readonly client: Address;
  readonly server: Address;
  readonly key: string;
  readonly received: Buffer[] = [];
  allocation: Allocation | undefined;

  constructor(where: string, server: Address, protocol: 'udp' | 'tcp' | 'tls') {
    this.client = at(where);
    this.server = server;
    this.protocol = protocol;
    this.key = `${protocol} ${where}`;
  }

  send(message: Uint8Array): void {
    this.received.push(Buffer.from(message));
  }

  sendChannel(number: number, data: Uint8Array): void {
    const header = Buffer.from([number >> 8, number & 255, data.length >> 8, data.length & 255]);
    this.received.push(Buffer.concat([header, data]));
  }

  attach(allocation: Allocation): void {
    this.allocation = allocation;
  }

  detach(): void {
    this.allocation = undefined;
  }
}

export class TurnWorld {
  readonly relays: FakeRelay[] = [];
  readonly engine: Engine;
  readonly settings: Settings;
  nowMs = 1000;
  readonly #counters = createCountersMemory(1);
  readonly #laidDown = new Map<number, Relay>();

  constructor(
    options: {
      limits?: Partial<Limits>;
      allow?: string[];
      deny?: string[];
      external?: string[];
      secrets?: string[];
      alternate?: Settings['alternate'];
      canForbidFragments?: boolean;
      /** False: a host that has IPv4 alone. */
      ipv6?: boolean;
    } = {},
  ) {
    const [ipv4, ipv6] = [parseIp(SERVER_IPV4)!, parseIp(SERVER_IPV6)!];
    this.settings = {
      realm: 'holler',
      secrets: options.secrets ?? [SECRET],
      nonceKey: Buffer.alloc(32, 7),
      policy: {
        allow: (options.allow ?? []).map((range) => parseCidr(range)!),
        deny: (options.deny ?? []).map((range) => parseCidr(range)!),
      },
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      minPort: 50_000,
      maxPort: 50_999,
      plans:
        options.ipv6 === false
          ? [{ listening: ipv4, ipv4 }]
          : [
              { listening: ipv4, ipv4, ipv6 },
              { listening: ipv6, ipv4, ipv6 },
            ],
      external: (options.external ?? []).map((ip) => parseIp(ip)!),
      local: [ipv4, ipv6],
      listeners: [address(ipv4, 3478), address(ipv6, 3478)],
      ...(options.alternate && { alternate: options.alternate }),
    };
    const opener: RelayOpener = {
      canForbidFragments: options.canForbidFragments ?? true,
      open: (where) => this.#open(where),
      layDown: (relay) => {
        this.#laidDown.set(relay.address.port, relay);
        return relay.address.port;
      },
      takeUp: (handle) => this.#laidDown.get(handle)!,
    };
    this.engine = new Engine({
      settings: this.settings,
      clock: { now: () => this.nowMs, wall: () => this.wall },
      opener,
      ledger: createLedgerMemory(1),
      reservations: createReservationsMemory(),
      counters: this.#counters,
      thread: 0,
    });
  }

  get wall(): number {
    return START_WALL + this.nowMs;
  }

  get totals(): Totals {
    return totals(this.#counters);
  }

  get openRelays(): FakeRelay[] {
    return this.relays.filter((relay) => !relay.closed);
  }

  client(where: string, protocol: 'udp' | 'tcp' | 'tls' = 'udp'): FakeClient {
    const server = this.settings.listeners[where.startsWith('[') ? 1 : 0]!;
    return new FakeClient(where, server, protocol);
  }

  credential(user = 'ann', ttlSeconds = 600, secret = SECRET): { username: string; credential: string } {
    return mintCredential({ secret, user, ttlSeconds, nowMs: this.wall });
  }

  /** Lets time pass, as the server's own ticks would. */
  advance(seconds: number): void {
    this.nowMs += seconds * 1000;
    this.engine.tick();
  }

  /** A datagram from a client, as a transport would hand it in. */
  fromClient(client: FakeClient, bytes: Uint8Array): void {
    if ((bytes[0]! & 0xc0) !== 0x40) this.engine.receive(client, bytes);
    else if (client.allocation) forwardToPeer(this.engine, client.allocation, bytes);
  }

  /** A datagram that arrives at a relay. */
  fromPeer(relay: FakeRelay, from: string, data: Uint8Array): void {
    if (relay.closed || !relay.allocation) return;
    const channel = relay.channels.get(from);
    if (channel && forwardToClient(this.engine, channel, data)) return;
    this.engine.fromPeer(relay.allocation, at(from), data);
  }

  #open(where: Address): FakeRelay {
    const relay = new FakeRelay(where);
    this.relays.push(relay);
    return relay;
  }
}
