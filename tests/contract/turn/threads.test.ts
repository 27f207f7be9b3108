/** A relay thread that dies: what it held is given back, another takes its place, and others notice nothing. */
import { readdirSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TurnServer } from '../../../turn/server/start.ts';
import { Class } from '../../../turn/stun/constants.ts';
import { LiveClient, openPeer } from './lib/client.ts';
import { certificate, PEER_HOST, startOurs } from './lib/servers.ts';

/** The threads of the server under test, by their number: a start that finds its port taken is tried again. */
const threads = vi.hoisted((): Worker[] => []);
vi.mock(import('../../../turn/server/spawn.ts'), async (original) => {
  const { spawnRelay } = await original();
  return {
    spawnRelay: (data) => {
      const made = spawnRelay(data);
      threads[data.thread] = made.worker;
      return made;
    },
  };
});

const CLIENTS = 24;
const CHANNEL = 0x4000;

const told: { fields: Record<string, unknown>; message: string }[] = [];
const tell = (fields: object, message: string): void =>
  void told.push({ fields: fields as Record<string, unknown>, message });
const log = { info: tell, warn: tell, error: tell };

const untilTold = (message: string, times = 1): Promise<unknown> =>
  expect
    .poll(() => told.filter((entry) => entry.message === message).length, { timeout: 40_000 })
    .toBe(times);
const REPLACED = 'another relay thread took its place';

describe.each([
  ['a thread for UDP clients, batching', 'auto', 1, 'udp'],
  ['the thread for streams, batching', 'auto', 0, 'tcp'],
  ['the only thread, dgram', 'dgram', 0, 'udp'],
] as const)('%s', (_, transport, victim, kind) => {
  let server: TurnServer;
  let clients: LiveClient[];
  let echo: Awaited<ReturnType<typeof openPeer>>;

  beforeEach(async () => {
    threads.length = 0;
    told.length = 0;
    server = await startOurs({ transport, tlsPort: 0, tls: await certificate(), log });
    echo = await openPeer(PEER_HOST, true);
    const open = (): Promise<LiveClient> =>
      kind === 'udp' ? LiveClient.udp(server.port) : LiveClient.stream(server.port);
    clients = await Promise.all(Array.from({ length: CLIENTS }, open));
    for (const client of clients) {
      await client.allocate();
      await client.bind(CHANNEL, echo.where);
    }
  });
  afterEach(async () => {
    for (const client of clients) client.close();
    echo.close();
    await server.close();
  });

  async function die(): Promise<void> {
    const times = told.filter(({ message }) => message === REPLACED).length;
    // From outside and at any moment: nothing in the thread can tidy up.
    await threads[victim]!.terminate();
    await untilTold(REPLACED, times + 1);
  }

  test('its allocations end, all others go on, and its clients can allocate anew', async () => {
    expect(server.allocations).toBe(CLIENTS);
    await die();
    const left = server.allocations;
    expect(left).toBeLessThan(CLIENTS);
    expect(told.find(({ message }) => message.includes('died'))?.fields).toMatchObject({
      thread: victim,
      allocations: CLIENTS - left,
    });
    expect(server.metrics()).toContain('holler_turn_thread_deaths_total 1');
    expect(server.metrics()).toContain(`holler_turn_allocations ${left}`);
    if (kind !== 'udp') {
      // Their connections have ended: they come back with new ones.
      for (const client of clients) client.close();
      clients = await Promise.all(clients.map(() => LiveClient.stream(server.port)));
    }
    let survivors = 0;
    for (const client of clients) {
      const alive = kind === 'udp' && (await client.refresh())?.class === Class.success;
      survivors += Number(alive);
      if (!alive) {
        await client.allocate();
        await client.bind(CHANNEL, echo.where);
      }
      client.data.length = 0;
      client.sendChannel(CHANNEL, Buffer.from('still there'));
      expect(await client.untilData(1)).toBe(true);
    }
    expect(survivors).toBe(left);
    expect(server.allocations).toBe(CLIENTS);
  });

  test('its ports and descriptors are given back, however often', async () => {
    const descriptors = (): number => readdirSync('/proc/self/fd').length;
    const leave = async (client: LiveClient): Promise<void> => {
      // On a thread that died there is nothing to end, and nobody answers on a connection that broke.
      if (kind === 'udp') await client.refresh(0);
      client.close();
    };
    await die();
    for (const client of clients.splice(0)) await leave(client);
    await expect.poll(() => server.allocations).toBe(0);
    const first = descriptors();
    for (let i = 0; i < 2; i++) {
      const client =
        kind === 'udp' ? await LiveClient.udp(server.port) : await LiveClient.stream(server.port);
      await client.allocate();
      await die();
      await leave(client);
    }
    await expect.poll(() => server.allocations).toBe(0);
    expect(descriptors()).toBeLessThanOrEqual(first);
  });
});

test('a thread that is dead is not replaced while the server stops', async () => {
  told.length = 0;
  threads.length = 0;
  const server = await startOurs({ log });
  await Promise.all([threads[1]!.terminate(), server.close()]);
  expect(told.filter(({ message }) => message === REPLACED)).toEqual([]);
  const late = await LiveClient.udp(server.port);
  late.patience = 1_500;
  await expect(late.logIn()).rejects.toThrow('no challenge');
  late.close();
});
