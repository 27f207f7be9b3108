/**
 * Mutated packets against TURN's parsers and rules, seeded so that a failure can be repeated. Some arrive from
 * clients, some at relays, some in streams. `HOLLER_FUZZ_PACKETS` and `HOLLER_FUZZ_SEED` change how many and which.
 */
import { expect, test } from 'vitest';
import { Attr, Class, Method } from '../../turn/stun/constants.ts';
import { BURST_SECONDS } from '../../turn/server/answer-budget.ts';
import { FrameReader } from '../../turn/transport/frames.ts';
import {
  channelData,
  channelNumber,
  indication,
  request,
  udpTransport,
  WorldClient,
} from '../fakes/turn-requests.ts';
import { at, type FakeClient, TurnWorld } from '../fakes/turn-world.ts';

const PACKETS = Number(process.env['HOLLER_FUZZ_PACKETS'] ?? 1_200_000);
const SEED = Number(process.env['HOLLER_FUZZ_SEED'] ?? 20_260_101);
const CLIENTS = 64;
const PEER = '192.0.43.7:9000';

/** mulberry32: small, and good enough to visit everything. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}
type Random = ReturnType<typeof randomFrom>;

/** Flips, cuts, grows, and overwrites lengths and types with numbers that tend to hurt. */
function mutate(seed: Uint8Array, random: Random): Buffer {
  let bytes = Buffer.from(seed);
  for (let times = random(4); times >= 0 && bytes.length > 0; times--) {
    const place = random(bytes.length);
    switch (random(6)) {
      case 0:
        bytes[place]! ^= 1 << random(8);
        break;
      case 1:
        bytes[place] = [0, 1, 0x7f, 0x80, 0xff][random(5)]!;
        break;
      case 2:
        bytes = bytes.subarray(0, place);
        break;
      case 3:
        bytes = Buffer.concat([bytes, Buffer.alloc(random(40), random(256))]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(random(place + 1))]);
        break;
      default:
        if (bytes.length >= 4)
          bytes.writeUInt16BE(random(2) === 0 ? (bytes.length - 20) & 0xffff : random(65_536), 2);
    }
  }
  // Half of them keep a truthful length, so that they get past the first check.
  if (bytes.length >= 20 && random(2) === 0) bytes.writeUInt16BE((bytes.length - 20) & ~3 & 0xffff, 2);
  return bytes;
}

const METHODS = [Method.allocate, Method.refresh, Method.createPermission, Method.channelBind];
const TYPES = Object.values(Attr).filter(
  (type) => type !== Attr.messageIntegrity && type !== Attr.fingerprint,
);

/** Nonsense that passes authentication: the rules behind it must hold, too. */
function signedNonsense(client: WorldClient, random: Random): Uint8Array {
  const fill = (w: Parameters<typeof udpTransport>[0]): void => {
    if (random(2) === 0) udpTransport(w);
    for (let i = random(5); i > 0; i--) {
      const value = Uint8Array.from({ length: random(3) === 0 ? random(40) : 4 + 4 * random(5) }, () =>
        random(256),
      );
      // Half of the addresses have a family that exists.
      if (value.length > 1 && random(2) === 0) value[1] = 1 + random(2);
      w.attribute(TYPES[random(TYPES.length)]!, value);
    }
  };
  return request(METHODS[random(METHODS.length)]!, fill, client.signer);
}

/** One of each thing that a client says, signed by a client with an allocation. */
function seeds(client: WorldClient): Uint8Array[] {
  const { signer } = client;
  return [
    request(Method.binding),
    request(Method.binding, (w) => w.uint32(Attr.changeRequest, 6).fingerprint()),
    request(Method.allocate, udpTransport),
    request(Method.allocate, udpTransport, signer),
    request(
      Method.allocate,
      (w) => (udpTransport(w), w.attribute(Attr.evenPort, Uint8Array.of(0x80))),
      signer,
    ),
    request(
      Method.allocate,
      (w) => (udpTransport(w), w.attribute(Attr.reservationToken, new Uint8Array(8))),
      signer,
    ),
    request(Method.refresh, (w) => w.uint32(Attr.lifetime, 600), signer),
    request(Method.createPermission, (w) => w.xorAddress(Attr.xorPeerAddress, at(PEER)), signer),
    request(
      Method.channelBind,
      (w) => w.attribute(Attr.channelNumber, channelNumber(0x4000)).xorAddress(Attr.xorPeerAddress, at(PEER)),
      signer,
    ),
    indication((w) => w.xorAddress(Attr.xorPeerAddress, at(PEER)).text(Attr.data, 'data')),
    channelData(0x4000, Buffer.from('data')),
    Buffer.alloc(20),
    Buffer.from([0x40, 0]),
  ];
}

function worldUnderFire(): { world: TurnWorld; clients: WorldClient[]; strangers: Stranger[] } {
  const world = new TurnWorld({ limits: { allocationsPerUser: 8, allocationsTotal: 100 } });
  const clients = Array.from({ length: CLIENTS }, (_, i) => {
    const client = new WorldClient(world, `203.0.113.${i}:4000`);
    client.logIn(world.credential(`user${i}`, 1e9));
    client.allocate();
    client.bind(0x4000, PEER);
    return client;
  });
  const strangers = Array.from({ length: CLIENTS }, (_, i) => new Stranger(world, `192.0.44.${i}:4000`));
  return { world, clients, strangers };
}

/** Sends one packet and forgets the answers, counting their bytes. */
function hit(world: TurnWorld, path: FakeClient, bytes: Uint8Array): number {
  world.fromClient(path, bytes);
  let answered = 0;
  for (const answer of path.received) answered += answer.length;
  path.received.length = 0;
  return answered;
}

/** One answer to a stranger is never more than this many times its question; QUIC allows as much. */
const MOST_TIMES = 3;

/** Somebody who never signs in, and the sum that binds all that they are told. */
class Stranger {
  asked = 0;
  answered = 0;
  readonly #world: TurnWorld;
  readonly #path: FakeClient;
  readonly #since: number;

  constructor(world: TurnWorld, where: string) {
    this.#world = world;
    this.#path = world.client(where);
    this.#since = world.nowMs;
  }

  /** The rule is asserted after every packet; with plain comparisons, since there are a million. */
  hit(bytes: Uint8Array): void {
    const answered = hit(this.#world, this.#path, bytes);
    this.asked += bytes.length;
    this.answered += answered;
    if (answered > MOST_TIMES * bytes.length)
      throw new Error(`${answered} bytes to ${Buffer.from(bytes).toString('hex')}`);
    const { unauthenticatedRate } = this.#world.settings.limits;
    const seconds = (this.#world.nowMs - this.#since) / 1000;
    const most = this.asked + unauthenticatedRate * (BURST_SECONDS + seconds);
    if (this.answered > most) throw new Error(`${this.answered} bytes to ${this.asked}, after ${seconds} s`);
  }
}

test(`${PACKETS} mutated packets: no exception, no growth, no amplification`, { timeout: 600_000 }, () => {
  const random = randomFrom(SEED);
  const { world, clients, strangers } = worldUnderFire();
  const corpus = clients.slice(0, 8).flatMap(seeds);
  const before = heap();
  for (let i = 0; i < PACKETS; i++) {
    const bytes = mutate(corpus[random(corpus.length)]!, random);
    const kind = random(10);
    if (kind < 4) strangers[random(CLIENTS)]!.hit(bytes);
    else if (kind < 8) {
      const client = clients[random(CLIENTS)]!;
      hit(world, client.path, kind === 7 ? signedNonsense(client, random) : bytes);
    } else if (kind === 8) {
      const relay = world.relays[random(world.relays.length)]!;
      world.fromPeer(relay, random(2) === 0 ? PEER : '192.0.43.9:1', bytes);
    } else {
      new FrameReader().push(bytes);
    }
    if (i % 1000 === 0) tidy(world);
  }
  expect(strangers.reduce((sum, { asked }) => sum + asked, 0)).toBeGreaterThan(PACKETS);
  expect(strangers.every(({ answered }) => answered > 0)).toBe(true);
  expect(world.engine.ledger.allocations).toBeLessThanOrEqual(100);
  expect(heap() - before).toBeLessThan(32 << 20);
  expectAlive(world, clients[0]!);
});

/** Time passes, and what relays were sent is forgotten, so that only the server's own memory can grow. */
function tidy(world: TurnWorld): void {
  world.advance(0.02);
  for (const relay of world.relays) relay.sent.length = 0;
  const open = world.openRelays;
  world.relays.splice(0, world.relays.length, ...open);
}

function expectAlive(world: TurnWorld, client: WorldClient): void {
  world.advance(7200);
  expect(world.openRelays).toHaveLength(0);
  expect(world.engine.ledger.allocations).toBe(0);
  client.logIn(world.credential('user0'));
  expect(client.allocate()?.class).toBe(Class.success);
}

test('a forged source cannot make the server say more than its budget', () => {
  const world = new TurnWorld();
  const victim = new Stranger(world, '192.0.44.1:4000');
  const question = request(Method.allocate, udpTransport);
  for (let i = 0; i < 100_000; i++) {
    victim.hit(question);
    if (i % 100 === 0) world.advance(0.01);
  }
  expect(world.totals.counts.silenced).toBeGreaterThan(0);
  // All of the allowance is used: an honest client is not silenced too early.
  expect(victim.answered).toBeGreaterThan(world.settings.limits.unauthenticatedRate * BURST_SECONDS);
  const before = victim.answered;
  world.advance(1);
  victim.hit(question);
  expect(victim.answered).toBeGreaterThan(before);
});

test('a million forged sources leave no memory behind', () => {
  const world = new TurnWorld();
  const question = request(Method.allocate, udpTransport);
  const path = world.client('192.0.44.1:4000');
  const ip = path.client.ip;
  const before = heap();
  for (let i = 0; i < 1_000_000; i++) {
    ip[0] = 1 + (i % 200);
    ip[1] = (i >> 8) & 255;
    ip[2] = (i >> 16) & 255;
    ip[3] = i & 255;
    if (i % 10 === 0) world.engine.receive(path, question);
    else world.engine.receive(path, question.subarray(0, 20));
    path.received.length = 0;
  }
  expect(heap() - before).toBeLessThan(8 << 20);
});

function heap(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
}
