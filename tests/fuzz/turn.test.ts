/**
 * Mutated packets against TURN's parsers and rules, seeded so that a failure can be repeated. Some arrive from
 * clients, some at relays, some in streams. `HOLLER_FUZZ_PACKETS` and `HOLLER_FUZZ_SEED` change how many and which.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { Attr, Class, Method } from '../../turn/stun/constants.ts';
import { BURST_SECONDS } from '../../turn/server/answer-budget.ts';
import { FrameReader } from '../../turn/transport/frames.ts';
import { request, udpTransport, WorldClient } from '../fakes/turn-requests.ts';
import { mutate, PEER, type Random, randomFrom, seeds } from './mutations.ts';
import { type FakeClient, TurnWorld } from '../fakes/turn-world.ts';

/** For each side that packets come from. */
const PACKETS = Number(process.env['HOLLER_FUZZ_PACKETS'] ?? 1_000_000);
const GROWTH = 4 << 20;
const SEED = Number(process.env['HOLLER_FUZZ_SEED'] ?? 20_260_101);
const CLIENTS = 64;

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

interface Fire {
  readonly world: TurnWorld;
  readonly clients: readonly WorldClient[];
  readonly strangers: readonly Stranger[];
  readonly streams: FrameReader[];
}

/** Where a packet strikes. */
const SIDES: Record<string, (fire: Fire, bytes: Buffer, random: Random) => void> = {
  'from strangers': ({ strangers }, bytes, random) => strangers[random(CLIENTS)]!.hit(bytes),
  'from clients': ({ world, clients }, bytes, random) => {
    const client = clients[random(CLIENTS)]!;
    hit(world, client.path, random(4) === 0 ? signedNonsense(client, random) : bytes);
  },
  'at relays': ({ world }, bytes, random) => {
    const relay = world.relays[random(world.relays.length)]!;
    world.fromPeer(relay, random(2) === 0 ? PEER : '192.0.43.9:1', bytes);
  },
  'in streams': ({ world, clients, streams }, bytes, random) => {
    const place = random(CLIENTS);
    const cut = random(bytes.length + 1);
    for (const chunk of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
      const frames = (streams[place] ??= new FrameReader()).push(chunk);
      for (const frame of frames ?? []) hit(world, clients[place]!.path, frame.bytes);
      // What is not TURN ends the connection; the next one begins anew.
      if (!frames) streams[place] = new FrameReader();
    }
  },
};

test.each(Object.keys(SIDES))(`${PACKETS} mutated packets %s`, { timeout: 600_000 }, (side) => {
  const random = randomFrom(SEED);
  const { world, clients, strangers } = worldUnderFire();
  const fire: Fire = { world, clients, strangers, streams: [] };
  const corpus = clients.slice(0, 8).flatMap(({ signer }) => seeds(signer));
  const before = heap();
  for (let i = 0; i < PACKETS; i++) {
    SIDES[side]!(fire, mutate(corpus[random(corpus.length)]!, random), random);
    if (i % 1000 === 0) tidy(fire);
  }
  if (side === 'from strangers') {
    expect(strangers.reduce((sum, { asked }) => sum + asked, 0)).toBeGreaterThan(PACKETS);
    expect(strangers.every(({ answered }) => answered > 0)).toBe(true);
  }
  expect(world.engine.ledger.allocations).toBeLessThanOrEqual(100);
  expect(heap() - before).toBeLessThan(GROWTH);
  expectAlive(world, clients[0]!);
});

/** Time passes, and what the fakes were sent is forgotten, so that only the server's own memory can grow. */
function tidy({ world, clients }: Fire): void {
  for (const { path } of clients) path.received.length = 0;
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
  expect(heap() - before).toBeLessThan(GROWTH);
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}
