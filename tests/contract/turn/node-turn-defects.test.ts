/**
 * What is wrong with node-turn 0.0.6, one check for each defect. Every check must find the defect there and must not
 * find it here: so none of them can be a check that never fails.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { TurnServer } from '../../../turn/server/start.ts';
import { DEFAULT_LIMITS } from '../../../turn/server/settings.ts';
import { Attr, Class, Family, Method } from '../../../turn/stun/constants.ts';
import { formatAddress } from '../../../turn/stun/address.ts';
import { errorCode, newId, request, signerFrom, udpTransport } from '../../fakes/turn-requests.ts';
import { credentialFor, LiveClient, openPeer, until } from './lib/client.ts';
import { PEER_HOST, startAlone, startNodeTurn, startOurs } from './lib/servers.ts';

interface Subject {
  readonly port: number;
  readonly credential: { username: string; credential: string };
  /** How long it may take to answer, and to die, ms. What never answers or dies should not hold up the tests. */
  readonly patience: { readonly answer: number; readonly death: number };
  alive(): boolean;
  client(): Promise<LiveClient>;
}
/** True when the server does it right. */
type Check = (subject: Subject) => Promise<boolean>;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const cleanUp: (() => unknown)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).toReversed()) await step();
});

let server: TurnServer;
beforeAll(async () => {
  server = await startOurs({ allowPeers: [`${PEER_HOST}/32`] });
});
afterAll(() => server.close());

let users = 0;

/** A user for each check: one of them uses up its quota. */
function ours(): Subject {
  // Its threads are this process's: that it still answers is what shows it alive.
  return subjectAt(server.port, credentialFor(`user${users++}`), { answer: 8_000, death: 1_500 }, () => true);
}

async function nodeTurn(): Promise<Subject> {
  const credential = { username: 'ann', credential: 'password' };
  const child = await startNodeTurn({ ann: 'password' });
  cleanUp.push(() => child.stop());
  return subjectAt(child.port, credential, { answer: 1_500, death: 15_000 }, () => child.alive);
}

function subjectAt(
  port: number,
  credential: Subject['credential'],
  patience: Subject['patience'],
  alive: () => boolean,
): Subject {
  return {
    port,
    credential,
    patience,
    alive,
    async client() {
      const made = await LiveClient.udp(port);
      cleanUp.push(() => made.close());
      await made.logIn(credential);
      made.patience = patience.answer;
      return made;
    },
  };
}

async function peerAt(host = PEER_HOST): ReturnType<typeof openPeer> {
  const made = await openPeer(host);
  cleanUp.push(() => made.close());
  return made;
}

async function permitted(subject: Subject): Promise<{
  ann: LiveClient;
  bob: Awaited<ReturnType<typeof openPeer>>;
  relayed: Awaited<ReturnType<LiveClient['allocate']>>;
}> {
  const [ann, bob] = [await subject.client(), await peerAt()];
  const relayed = await ann.allocate();
  await ann.permit(bob.where);
  return { ann, bob, relayed };
}

function survives(...packets: number[][]): Check {
  return async (subject) => {
    const { ann, bob, relayed } = await permitted(subject);
    for (const packet of packets) bob.send(relayed, Uint8Array.from(packet));
    const died = await until(() => !subject.alive(), subject.patience.death);
    return !died && (await ann.refresh(600))?.class === Class.success;
  };
}

function refuses(peer: string): Check {
  return async (subject) => {
    const ann = await subject.client();
    await ann.allocate();
    return errorCode(await ann.permit(peer)) === 403;
  };
}

/** A name that every JavaScript object has, with the password that its property turns into. */
function isNoUser(name: string, password: string): Check {
  return async (subject) => {
    const ann = await LiveClient.udp(subject.port);
    cleanUp.push(() => ann.close());
    const challenge = await ann.ask(Method.allocate, udpTransport);
    const { realm, nonce } = signerFrom(challenge!, { username: name, credential: password });
    const key = createHash('md5').update(`${name}:${realm}:${password}`).digest();
    const signer = { username: name, realm, nonce, key, kind: 'sha1' as const };
    const answer = await ann.ask(Method.allocate, udpTransport, newId(), signer);
    return answer?.class !== Class.success;
  };
}

async function answers(subject: Subject, fill: Parameters<typeof request>[1]): Promise<boolean> {
  const ann = await subject.client();
  const answer = await ann.ask(Method.allocate, (w) => {
    udpTransport(w);
    fill?.(w);
  });
  return answer !== undefined;
}

const CHECKS: [string, Check][] = [
  [
    'Refresh keeps the allocation, with a lifetime',
    async (subject) => {
      const ann = await subject.client();
      await ann.allocate();
      return ((await ann.refresh(600))?.uint32(Attr.lifetime) ?? 0) > 0;
    },
  ],
  [
    'Allocate honours LIFETIME',
    async (subject) => {
      const ann = await subject.client();
      const answer = await ann.ask(Method.allocate, (w) => (udpTransport(w), w.uint32(Attr.lifetime, 1234)));
      return answer?.uint32(Attr.lifetime) === 1234;
    },
  ],
  [
    'channel data from the client is relayed',
    async (subject) => {
      const [ann, bob] = [await subject.client(), await peerAt()];
      await ann.allocate();
      await ann.bind(0x4000, bob.where);
      ann.sendChannel(0x4000, Buffer.from('hello there'));
      return until(() => bob.received.length > 0, subject.patience.answer);
    },
  ],
  [
    'the success of ChannelBind carries integrity',
    async (subject) => {
      const [ann, bob] = [await subject.client(), await peerAt()];
      await ann.allocate();
      return (await ann.bind(0x4000, bob.where))?.has(Attr.messageIntegrity) === true;
    },
  ],
  ['"constructor" is no user', isNoUser('constructor', String(Object))],
  [
    '"toString" is no user',
    isNoUser('toString', String(Object.getOwnPropertyDescriptor(Object.prototype, 'toString')?.value)),
  ],
  ['"__proto__" is no user', isNoUser('__proto__', '[object Object]')],
  [
    "a user's allocations are limited",
    async (subject) => {
      const codes: (number | undefined)[] = [];
      // One of 486 is enough; our default allows a hundred.
      for (let i = 0; i <= DEFAULT_LIMITS.allocationsPerUser && !codes.includes(486); i++) {
        const ann = await subject.client();
        codes.push(errorCode(await ann.ask(Method.allocate, udpTransport)));
      }
      return codes.includes(486);
    },
  ],
  ['a datagram of 0 bytes from a peer', survives([])],
  ['a datagram of 1 byte from a peer', survives([1])],
  ['a datagram 40 00 from a peer', survives([0x40, 0x00])],
  [
    'an ended allocation stops relaying and frees its port',
    async (subject) => {
      const { ann, bob, relayed } = await permitted(subject);
      await ann.refresh(0);
      bob.send(relayed, Buffer.from('anyone there?'));
      const heard = await ann.untilData(1, 300);
      const probe = await openPeerOn(relayed.port);
      return !heard && probe;
    },
  ],
  ['loopback is refused', refuses('127.0.0.9:53')],
  ['0.0.0.0 is refused', refuses('0.0.0.0:53')],
  ['RFC 1918 is refused', refuses('10.0.0.1:53')],
  ['the metadata address is refused', refuses('169.254.169.254:80')],
  ['multicast is refused', refuses('224.0.0.1:53')],
  [
    'attributes after the integrity do not count',
    async (subject) => {
      const ann = await subject.client();
      const id = newId();
      const signed = request(Method.allocate, udpTransport, ann.signer, id);
      const longer = Buffer.concat([signed, Buffer.from([0x77, 0x77, 0, 4, 1, 2, 3, 4])]);
      longer.writeUInt16BE(longer.length - 20, 2);
      const answer = await ann.askRaw(longer, id);
      return answer?.class === Class.success;
    },
  ],
  ['an unknown attribute gets an answer', (subject) => answers(subject, (w) => w.uint32(0x7777, 1))],
  [
    'EVEN-PORT gets an answer',
    (subject) => answers(subject, (w) => w.attribute(Attr.evenPort, Uint8Array.of(0x80))),
  ],
  [
    'REQUESTED-ADDRESS-FAMILY gets an answer',
    (subject) =>
      answers(subject, (w) => w.attribute(Attr.requestedAddressFamily, Uint8Array.of(Family.ipv4, 0, 0, 0))),
  ],
  [
    'a retransmitted Allocate makes no second port',
    async (subject) => {
      const ann = await subject.client();
      const id = newId();
      const ports: number[] = [];
      for (let i = 0; i < 2; i++) {
        const answer = await ann.ask(Method.allocate, udpTransport, id);
        ports.push(answer?.xorAddress(Attr.xorRelayedAddress)?.port ?? i);
      }
      return ports[0] === ports[1];
    },
  ],
  [
    'TCP is served',
    async (subject) => {
      const ann = await LiveClient.stream(subject.port).catch(() => undefined);
      if (!ann) return false;
      cleanUp.push(() => ann.close());
      await ann.logIn(subject.credential);
      return formatAddress(await ann.allocate()) !== '';
    },
  ],
];

async function openPeerOn(port: number): Promise<boolean> {
  const { createSocket } = await import('node:dgram');
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind(port, '127.0.0.1', () => {
      socket.close();
      resolve(true);
    });
  });
}

describe.each(CHECKS)('%s', (_, check) => {
  test('here', async () => {
    expect(await check(ours())).toBe(true);
  });

  test('not in node-turn', async () => {
    expect(await check(await nodeTurn())).toBe(false);
  });
});

describe('closing leaves no socket behind', () => {
  const descriptors = (pid: number | 'self'): number => readdirSync(`/proc/${pid}/fd`).length;

  async function useThreeTimes(port: number, credential: Subject['credential']): Promise<void> {
    const clients = await Promise.all([1, 2, 3].map(() => LiveClient.udp(port)));
    for (const client of clients) {
      await client.logIn(credential);
      await client.allocate();
      client.close();
    }
  }

  test('here', async () => {
    const first = await startOurs();
    await first.close();
    const before = descriptors('self');
    const second = await startOurs();
    await useThreeTimes(second.port, credentialFor('ann'));
    await second.close();
    await expect.poll(() => descriptors('self')).toBeLessThanOrEqual(before);
  });

  test('not in node-turn', async () => {
    const child = await startNodeTurn({ ann: 'password' });
    cleanUp.push(() => child.stop());
    const before = descriptors(child.process.pid!);
    await useThreeTimes(child.port, { username: 'ann', credential: 'password' });
    child.process.kill('SIGUSR2');
    await wait(500);
    // Its listener is gone, what it relayed with is not.
    expect(descriptors(child.process.pid!)).toBeGreaterThan(before);
  });
});

describe('requests without credentials leave no memory behind', () => {
  const QUESTIONS = 40_000;
  const question = request(Method.allocate, udpTransport);

  /** Growth of a process's memory in bytes, while it is asked from many ports, never more than it keeps up with. */
  async function growth(pid: number, port: number): Promise<number> {
    const sockets = await Promise.all(Array.from({ length: 8 }, () => LiveClient.udp(port)));
    const ask = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i += sockets.length) {
        for (const socket of sockets) socket.raw(question);
        if (i % 160 === 0) await sockets[0]!.ask(Method.binding);
      }
    };
    const resident = (): number =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
    await ask(QUESTIONS / 4);
    const before = resident();
    await ask(QUESTIONS);
    for (const socket of sockets) socket.close();
    return resident() - before;
  }

  test('here', async () => {
    // Every question is answered, as node-turn does.
    const alone = await startAlone({ TURN_UNAUTHENTICATED_RATE: '1000000000' });
    cleanUp.push(() => alone.stop());
    expect(await growth(alone.process.pid!, alone.port)).toBeLessThan(16 << 20);
  });

  test('not in node-turn', async () => {
    const child = await startNodeTurn({ ann: 'password' });
    cleanUp.push(() => child.stop());
    expect(await growth(child.process.pid!, child.port)).toBeGreaterThan(24 << 20);
  });
});

describe('nonces come from a generator that cannot be predicted', () => {
  const sources = (folder: string): string =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(js|ts)$/.test(name))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join();

  test('here', () => {
    expect(sources(fileURLToPath(new URL('../../../turn', import.meta.url)))).not.toContain('Math.random');
  });

  test('not in node-turn', () => {
    const nonces = dirname(createRequire(import.meta.url).resolve('node-turn'));
    expect(sources(nonces)).toContain('Math.random');
  });
});
