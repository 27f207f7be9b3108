/** Ten thousand allocations with real sockets, made and expired: descriptors, timers and heap are as before. */
import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createLedgerMemory } from '../../../turn/allocation/ledger.ts';
import { createReservationsMemory } from '../../../turn/allocation/reservations.ts';
import { createCountersMemory } from '../../../turn/server/counters.ts';
import { Engine } from '../../../turn/server/engine.ts';
import type { Settings } from '../../../turn/server/settings.ts';
import { address, parseIp } from '../../../turn/stun/address.ts';
import { Class, Method } from '../../../turn/stun/constants.ts';
import { parseMessage } from '../../../turn/stun/message.ts';
import { BatchTransport } from '../../../turn/transport/batch.ts';
import { DgramTransport } from '../../../turn/transport/dgram.ts';
import { createDescriptorsMemory, Descriptors } from '../../../turn/transport/descriptors.ts';
import { loadLibc } from '../../../turn/transport/libc.ts';
import type { RelayOpener } from '../../../turn/transport/transport.ts';
import { channelNumber, request, signerFrom, udpTransport } from '../../fakes/turn-requests.ts';
import { at, FakeClient, TurnWorld } from '../../fakes/turn-world.ts';
import { Attr } from '../../../turn/stun/constants.ts';

const ROUNDS = 10;
const PER_ROUND = 1000;
const SERVER = address(parseIp('127.0.0.1')!, 3478);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

interface Footprint {
  readonly descriptors: number;
  readonly timers: number;
  readonly heap: number;
}

async function footprint(): Promise<Footprint> {
  // Sockets close at the end of a turn of the event loop.
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
  collect();
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    timers: process.getActiveResourcesInfo().filter((r) => r === 'Timeout').length,
    heap: process.memoryUsage().heapUsed,
  };
}

/** The credentials of the world of fakes, with real relay sockets on loopback. */
function engineOn(opener: RelayOpener, world: TurnWorld): Engine {
  const ip = SERVER.ip;
  const settings: Settings = {
    ...world.settings,
    plans: [{ listening: ip, ipv4: ip }],
    listeners: [SERVER],
    minPort: 30_000,
    maxPort: 60_000,
    limits: { ...world.settings.limits, allocationsPerUser: 100_000, unauthenticatedRate: 1e9 },
  };
  const memory = { ledger: createLedgerMemory(1), reservations: createReservationsMemory() };
  const clock = { now: () => world.nowMs, wall: () => world.wall };
  return new Engine({ settings, clock, opener, ...memory, counters: createCountersMemory(1), thread: 0 });
}

function allocate(engine: Engine, world: TurnWorld, port: number): void {
  const client = new FakeClient(`127.0.0.2:${port}`, SERVER, 'udp');
  engine.receive(client, request(Method.allocate, udpTransport));
  const signer = signerFrom(parseMessage(client.received[0]!)!, world.credential());
  engine.receive(client, request(Method.allocate, udpTransport, signer));
  const channel = request(
    Method.channelBind,
    (w) =>
      w
        .attribute(Attr.channelNumber, channelNumber(0x4000))
        .xorAddress(Attr.xorPeerAddress, at('192.0.43.7:9000')),
    signer,
  );
  engine.receive(client, channel);
  const last = parseMessage(client.received.at(-1)!)!;
  if (client.received.length !== 3 || last.class !== Class.success) throw new Error('no allocation');
}

const holder: { engine?: Engine } = {};
const openers: [string, () => { opener: RelayOpener; shut: () => void }][] = [
  [
    'dgram',
    () => {
      const transport = new DgramTransport(() => holder.engine!);
      return { opener: transport, shut: () => transport.close() };
    },
  ],
  [
    'batching',
    () => {
      const libc = loadLibc();
      if (!libc) throw new Error('koffi does not load: batching cannot be tested here');
      const transport = new BatchTransport({
        libc,
        engine: () => holder.engine!,
        descriptors: new Descriptors(createDescriptorsMemory(), 0),
        mayWait: false,
      });
      return { opener: transport, shut: () => transport.close() };
    },
  ],
];

test.each(openers)(`${ROUNDS * PER_ROUND} allocations leave nothing behind: %s`, async (_, open) => {
  const world = new TurnWorld();
  const { opener, shut } = open();
  const engine = engineOn(opener, world);
  holder.engine = engine;
  const after: Footprint[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < PER_ROUND; i++) allocate(engine, world, 1000 + i);
    expect(engine.ledger.allocations).toBe(PER_ROUND);
    world.nowMs += 601_000;
    engine.tick();
    expect(engine.ledger.allocations).toBe(0);
    after.push(await footprint());
  }
  engine.close();
  shut();
  const [first, last] = [after[0]!, after.at(-1)!];
  expect(last.descriptors).toBe(first.descriptors);
  expect(last.timers).toBe(first.timers);
  expect(last.heap - first.heap).toBeLessThan(1 << 20);
});
