/** The same conversation over real sockets: ours with both transports, and coturn as the reference. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TurnServer } from '../../../turn/server/start.ts';
import { formatAddress } from '../../../turn/stun/address.ts';
import { Attr, Class, Family, Method } from '../../../turn/stun/constants.ts';
import { errorCode, newId, udpTransport } from '../../fakes/turn-requests.ts';
import { credentialFor, LiveClient, openPeer, until } from './lib/client.ts';
import { certificate, PEER_HOST, startCoturn, startOurs } from './lib/servers.ts';
import { freePort } from '../../tools/free-port.ts';

interface Subject {
  readonly port: number;
  readonly tlsPort?: number | undefined;
  readonly ours?: TurnServer;
  stop(): Promise<void>;
}

async function ours(transport: 'auto' | 'dgram'): Promise<Subject> {
  const server = await startOurs({
    transport,
    hosts: ['127.0.0.1', '::1'],
    tlsPort: 0,
    tls: await certificate(),
  });
  return { port: server.port, tlsPort: server.tlsPort, ours: server, stop: () => server.close() };
}

const SUBJECTS: [string, () => Promise<Subject>][] = [
  ['ours, batching', () => ours('auto')],
  ['ours, dgram', () => ours('dgram')],
  ['coturn', () => startCoturn()],
];

describe.each(SUBJECTS)('%s', (name, start) => {
  let subject: Subject;
  const open: { close(): void }[] = [];
  const isOurs = name !== 'coturn';

  async function client(kind: 'udp' | 'tcp' | 'tls' = 'udp', host?: string): Promise<LiveClient> {
    const made =
      kind === 'udp'
        ? await LiveClient.udp(subject.port, host)
        : await LiveClient.stream(kind === 'tls' ? subject.tlsPort! : subject.port, kind === 'tls', host);
    open.push(made);
    return made;
  }

  async function peer(echo = false, host = PEER_HOST): ReturnType<typeof openPeer> {
    const made = await openPeer(host, echo);
    open.push(made);
    return made;
  }

  beforeAll(async () => {
    subject = await start();
  });
  afterAll(async () => {
    for (const one of open) one.close();
    await subject.stop();
  });

  const kinds = isOurs ? (['udp', 'tcp', 'tls'] as const) : (['udp', 'tcp'] as const);
  test.each(kinds)('%s: channel data and indications of many sizes pass both ways', async (kind) => {
    const [ann, echo, plain] = [await client(kind), await peer(true), await peer(true, '127.0.0.4')];
    await ann.allocate();
    expect((await ann.bind(0x4000, echo.where))?.class).toBe(Class.success);
    expect((await ann.permit(plain.where))?.class).toBe(Class.success);
    const sizes = [0, 1, 2, 3, 4, 5, 100, 1200, 1472];
    for (const size of sizes) ann.sendChannel(0x4000, Buffer.alloc(size, size));
    expect(await ann.untilData(sizes.length)).toBe(true);
    expect(ann.data.map((d) => [d.from, d.bytes.length])).toEqual(sizes.map((size) => [0x4000, size]));
    ann.data.length = 0;
    for (const size of sizes) ann.send(plain.where, Buffer.alloc(size, size));
    expect(await ann.untilData(sizes.length)).toBe(true);
    expect(ann.data.map((d) => [d.from, d.bytes.length])).toEqual(sizes.map((size) => [plain.where, size]));
  });

  test('the peer sees the relayed address', async () => {
    const [ann, bob] = [await client(), await peer()];
    const relayed = await ann.allocate();
    await ann.bind(0x4000, bob.where);
    ann.sendChannel(0x4000, Buffer.from('hello'));
    expect(await until(() => bob.received.length > 0, 8_000)).toBe(true);
    expect(bob.received[0]?.from).toBe(formatAddress(relayed));
  });

  test.runIf(isOurs)('1,000 packets arrive, in order', async () => {
    const [ann, echo] = [await client(), await peer(true)];
    await ann.allocate();
    await ann.bind(0x4000, echo.where);
    for (let i = 0; i < 1000; i++) {
      const bytes = Buffer.alloc(1200);
      bytes.writeUInt32BE(i);
      ann.sendChannel(0x4000, bytes);
      // Never more under way than the test's own sockets can hold, however busy the machine is.
      if (i % 20 === 19) await ann.untilData(i - 19);
    }
    expect(await ann.untilData(1000)).toBe(true);
    expect(ann.data.map((d) => d.bytes.readUInt32BE())).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  });

  test('two relayed clients meet', async () => {
    const [ann, bob] = [await client(), await client('tcp')];
    const [annAt, bobAt] = [formatAddress(await ann.allocate()), formatAddress(await bob.allocate())];
    await ann.bind(0x4000, bobAt);
    await bob.bind(0x4001, annAt);
    ann.sendChannel(0x4000, Buffer.from('hi bob'));
    expect(await bob.untilData(1)).toBe(true);
    bob.sendChannel(0x4001, Buffer.from('hi ann'));
    expect(await ann.untilData(1)).toBe(true);
    expect([bob.data[0]?.bytes.toString(), ann.data[0]?.bytes.toString()]).toEqual(['hi bob', 'hi ann']);
  });

  test('a retransmitted Allocate gets the same port', async () => {
    const ann = await client();
    await ann.logIn();
    const id = newId();
    const answers = [
      await ann.ask(Method.allocate, udpTransport, id),
      await ann.ask(Method.allocate, udpTransport, id),
    ];
    const [first, second] = answers.map((a) => formatAddress(a!.xorAddress(Attr.xorRelayedAddress)!));
    expect(first).toBe(second);
  });

  test.runIf(isOurs)(
    'Refresh with lifetime 0 ends it: 437 afterwards, and the peer is not heard',
    async () => {
      const [ann, bob] = [await client(), await peer()];
      const relayed = await ann.allocate();
      await ann.permit(bob.where);
      await ann.refresh(0);
      expect(errorCode(await ann.refresh())).toBe(437);
      bob.send(relayed, Buffer.from('anyone?'));
      expect(await ann.untilData(1, 200)).toBe(false);
    },
  );

  test.runIf(isOurs)('an expired credential and a wrong secret are 401', async () => {
    const ann = await client();
    for (const credential of [credentialFor('ann', -10), { ...credentialFor('ann'), credential: 'guess' }]) {
      await ann.logIn(credential);
      expect(errorCode(await ann.ask(Method.allocate, udpTransport))).toBe(401);
    }
  });

  test('EVEN-PORT reserves the next port for another socket of the user', async () => {
    const [ann, again] = [await client(), await client()];
    await ann.logIn();
    const first = await ann.ask(Method.allocate, (w) => {
      udpTransport(w);
      w.attribute(Attr.evenPort, Uint8Array.of(0x80));
    });
    const token = first!.get(Attr.reservationToken)!.slice();
    await again.logIn({ username: ann.signer!.username, credential: credentialFor('ann').credential });
    again.signer = { ...again.signer!, key: ann.signer!.key };
    const second = await again.allocate((w) => w.attribute(Attr.reservationToken, token));
    expect(second.port).toBe(first!.xorAddress(Attr.xorRelayedAddress)!.port + 1);
  });

  test.runIf(isOurs)('IPv6: client, relay and peer', async () => {
    const [ann, echo] = [await client('udp', '::1'), await client('udp', '::1')];
    const ipv6 = Uint8Array.of(Family.ipv6, 0, 0, 0);
    const wish = (w: Parameters<typeof udpTransport>[0]): void =>
      void w.attribute(Attr.requestedAddressFamily, ipv6);
    const [annAt, echoAt] = [await ann.allocate(wish), await echo.allocate(wish)];
    expect(annAt.family).toBe(6);
    await ann.bind(0x4000, formatAddress(echoAt));
    await echo.bind(0x4000, formatAddress(annAt));
    ann.sendChannel(0x4000, Buffer.from('six'));
    expect(await echo.untilData(1)).toBe(true);
    expect(echo.data[0]?.bytes.toString()).toBe('six');
  });

  test.runIf(isOurs)('two families at once, from an IPv4 client', async () => {
    const ann = await client();
    await ann.logIn();
    const answer = await ann.ask(Method.allocate, (w) => {
      udpTransport(w);
      w.attribute(Attr.additionalAddressFamily, Uint8Array.of(Family.ipv6, 0, 0, 0));
    });
    expect(answer?.xorAddresses(Attr.xorRelayedAddress)?.map((a) => a.family)).toEqual([4, 6]);
  });

  test.runIf(isOurs)('SHA-256 integrity', async () => {
    const ann = await client();
    await ann.logIn(credentialFor('ann'), 'sha256');
    expect((await ann.allocate()).port).toBeGreaterThan(0);
  });

  test.runIf(isOurs)('a stream that is not TURN is closed', async () => {
    const { connect } = await import('node:net');
    const socket = connect(subject.port, '127.0.0.1');
    socket.on('error', () => socket.destroy());
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const closed = await new Promise((resolve) => socket.once('close', () => resolve(true)));
    expect(closed).toBe(true);
  });

  test.runIf(isOurs)('metrics count what passed, and name nobody', async () => {
    const text = subject.ours!.metrics();
    expect(text).toMatch(/^holler_turn_allocations \d+$/m);
    const value = (metric: string): number =>
      Number(new RegExp(`^holler_turn_${metric} (\\d+)$`, 'm').exec(text)?.[1]);
    expect(value('allocations_total')).toBeGreaterThan(10);
    expect(value('to_peer_packets_total')).toBeGreaterThan(1000);
    expect(value('to_client_bytes_total')).toBeGreaterThan(1_200_000);
    expect(text).toMatch(/errors_total\{code="437"\} [1-9]/);
    expect(text).not.toMatch(/\bann\b/);
  });
});

describe('starting and stopping', () => {
  test('a port that is taken is said by the setting that chose it', async () => {
    const first = await startOurs();
    for (const transport of ['auto', 'dgram'] as const) {
      await expect(startOurs({ port: first.port, transport })).rejects.toMatchObject({
        code: 'port-taken',
        message: expect.stringMatching(
          `^TURN_PORT: (UDP|TCP) 127.0.0.1:${first.port} is in use by another program.$`,
        ) as string,
      });
    }
    await first.close();
  });

  test('so are an address of another host and a range that is none', async () => {
    const port = await freePort();
    await expect(startOurs({ hosts: ['192.0.43.1'], port })).rejects.toMatchObject({
      code: 'address-not-here',
      message: expect.stringContaining('192.0.43.1') as string,
    });
    await expect(startOurs({ allowPeers: ['all'] })).rejects.toMatchObject({ code: 'invalid' });
  });

  test.each(['auto', 'dgram'] as const)(
    '%s: draining serves who is there and ends when they are gone',
    async (transport) => {
      const server = await startOurs({ transport });
      const [ann, bob] = [await LiveClient.udp(server.port), await LiveClient.udp(server.port)];
      await ann.allocate();
      await bob.logIn();
      let drained = false;
      const draining = server.drain(10_000).then(() => (drained = true));
      expect(errorCode(await bob.ask(Method.allocate, udpTransport))).toBe(508);
      expect((await ann.refresh())?.class).toBe(Class.success);
      expect(drained).toBe(false);
      await ann.refresh(0);
      await draining;
      await server.close();
      ann.close();
      bob.close();
    },
  );

  test('a drain does not wait beyond its deadline', async () => {
    const server = await startOurs();
    const ann = await LiveClient.udp(server.port);
    await ann.allocate();
    // The allocation lasts ten minutes: were the drain to wait for it, the test would run out of time.
    await server.drain(300);
    expect(server.allocations).toBe(1);
    await server.close();
    ann.close();
  });
});
