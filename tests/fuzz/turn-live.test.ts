/** Mutated packets at real sockets, with both transports: at the listener, at a relay, and in connections. */
import { expect, test } from 'vitest';
import { Method } from '../../turn/stun/constants.ts';
import { LiveClient, openPeer } from '../contract/turn/lib/client.ts';
import { PEER_HOST, startOurs } from '../contract/turn/lib/servers.ts';
import { mutate, randomFrom, seeds } from './mutations.ts';

const PACKETS = Number(process.env['HOLLER_FUZZ_LIVE_PACKETS'] ?? 20_000);
const SEED = Number(process.env['HOLLER_FUZZ_SEED'] ?? 20_260_101);
/** No more are under way than sockets hold. */
const AT_ONCE = 50;

test.each(['auto', 'dgram'] as const)(
  `${3 * PACKETS} packets, %s transport`,
  { timeout: 300_000 },
  async (transport) => {
    const told: object[] = [];
    const log = {
      info: () => undefined,
      warn: () => undefined,
      error: (fields: object) => void told.push(fields),
    };
    const server = await startOurs({ transport, log, limits: { unauthenticatedRate: 1e9 } });
    const random = randomFrom(SEED);
    const [ann, probe, echo] = [
      await LiveClient.udp(server.port),
      await LiveClient.udp(server.port),
      await openPeer(PEER_HOST, true),
    ];
    const relayed = await ann.allocate();
    await ann.bind(0x4000, echo.where);
    const corpus = seeds(ann.signer);
    const packet = (): Buffer => mutate(corpus[random(corpus.length)]!, random);
    let stream = await LiveClient.stream(server.port);
    for (let i = 0; i < PACKETS; i++) {
      ann.raw(packet());
      echo.send(relayed, packet());
      stream.raw(packet());
      if (i % AT_ONCE > 0) continue;
      expect(await probe.ask(Method.binding)).toBeDefined();
      // Most connections are closed by what was said on them.
      stream.close();
      stream = await LiveClient.stream(server.port);
    }
    // A mutation may well have ended its allocation; a new client must find all as it should be.
    const bob = await LiveClient.udp(server.port);
    await bob.allocate();
    await bob.bind(0x4000, echo.where);
    bob.sendChannel(0x4000, Buffer.from('all is well'));
    expect(await bob.untilData(1)).toBe(true);
    expect(told).toEqual([]);
    expect(server.metrics()).toContain('holler_turn_thread_deaths_total 0');
    for (const one of [ann, probe, stream, bob, echo]) one.close();
    await server.close();
  },
);
