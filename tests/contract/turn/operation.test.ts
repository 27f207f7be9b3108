/** The relay as operators run it: alone, in the whole server, or a fleet of coturn in its place. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { IceServers } from '../../../signaling/protocol/http.ts';
import { Class, Method } from '../../../turn/stun/constants.ts';
import { errorCode, udpTransport } from '../../fakes/turn-requests.ts';
import { need } from '../../tools/programs.mjs';
import { startTestServer } from '../lib/server.ts';
import { giveDatabase } from '../lib/template.ts';
import { credentialFor, LiveClient, openPeer } from './lib/client.ts';
import { PEER_HOST, SECRET, startAlone, startCoturn } from './lib/servers.ts';

const run = promisify(execFile);
let folder: string;
let cleanUp: (() => unknown)[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holler-operation-'));
  cleanUp = [() => rm(folder, { recursive: true })];
});
afterEach(async () => {
  for (const step of cleanUp.toReversed()) await step();
});

test('TURN_URLS: the credentials that people are given open a real coturn', async () => {
  const coturn = await startCoturn();
  cleanUp.push(() => coturn.stop());
  await giveDatabase(folder);
  const url = `turn:127.0.0.1:${coturn.port}?transport=udp`;
  const server = await startTestServer(
    { url: null, dataDir: folder },
    { TURN_URLS: url, TURN_SECRET: SECRET },
  );
  cleanUp.push(() => server.stop());
  const { browser } = await server.newPerson();
  const { iceServers } = await browser.must<IceServers>('GET', '/api/ice-servers');
  expect(iceServers).toHaveLength(1);
  const { urls, username = '', credential = '' } = iceServers[0]!;
  expect(urls).toEqual([url]);
  const tool = join(dirname(need('turnserver')), 'turnutils_uclient');
  const who = ['-u', username, '-w', credential, '-p', String(coturn.port)];
  const { stdout } = await run(tool, [
    '-y',
    '-c',
    '-m',
    '2',
    '-n',
    '10',
    '-l',
    '200',
    '-z',
    '5',
    ...who,
    '127.0.0.1',
  ]);
  expect(stdout).toMatch(/Total lost packets 0 /);
  expect(stdout).toMatch(/tot_send_msgs=[1-9]/);
});

test('SIGTERM: no new allocations, old ones are served until they end, then 0; the log keeps secrets', async () => {
  const server = await startAlone();
  cleanUp.push(() => server.stop());
  const [ann, bob] = [await LiveClient.udp(server.port), await LiveClient.udp(server.port)];
  const echo = await openPeer(PEER_HOST, true);
  cleanUp.push(() => [ann, bob, echo].forEach((one) => one.close()));
  const credential = credentialFor('ann');
  await ann.logIn(credential);
  await ann.allocate();
  await ann.bind(0x4000, echo.where);
  await bob.logIn();
  const ended = once(server.process, 'exit');
  // Its threads serve before it has begun to listen for signals.
  await expect.poll(() => server.log()).toContain('listening');
  server.process.kill('SIGTERM');
  await expect.poll(() => server.log()).toContain('draining');
  expect(errorCode(await bob.ask(Method.allocate, udpTransport))).toBe(508);
  ann.sendChannel(0x4000, Buffer.from('still served'));
  expect(await ann.untilData(1)).toBe(true);
  expect((await ann.refresh())?.class).toBe(Class.success);
  await ann.refresh(0);
  expect(await ended).toEqual([0, null]);
  const lines = server.log().trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual([
    'STUN/TURN is listening',
    'draining',
  ]);
  for (const secret of [SECRET, credential.username, credential.credential]) {
    expect(server.log()).not.toContain(secret);
  }
});

test('a wrong setting stops it with a sentence', async () => {
  const main = join(import.meta.dirname, '../../../turn/main.ts');
  const start = (env: Record<string, string>): Promise<unknown> =>
    run(process.execPath, ['--import', 'tsx', main], { env: { PATH: process.env['PATH'], ...env } });
  await expect(start({ TURN_PORT: 'x' })).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('TURN_PORT: "x" is not a port (0 to 65535).') as string,
  });
  await expect(start({})).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('TURN_SECRET: is needed') as string,
  });
});
