/** The server's start and end: one line, one sentence, data kept, sockets told, and what operators see. */
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLOSE } from '../../signaling/protocol/socket.ts';
import { type Place } from './lib/databases.ts';
import { Browser } from './lib/person.ts';
import { startCluster } from './lib/postgres.ts';
import { type ServerProcess, startByNpm, startProcess } from './lib/process.ts';
import { startTestServer } from './lib/server.ts';
import { giveDatabase } from './lib/template.ts';

let folder: string;
let running: ServerProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holler-process-'));
  running = [];
});
afterEach(async () => {
  for (const { child, ended } of running) {
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

/** With a database that is made already, so that it starts quickly. */
const startQuickly = async (env: Record<string, string> = {}) => {
  await giveDatabase(folder);
  return start(env);
};
const start = (env: Record<string, string> = {}, args: string[] = [], before: string[] = []) => {
  const started = startProcess({ DATA_DIR: folder, ...env }, args, before);
  running.push(started);
  return started;
};

describe('the server', () => {
  it('says where it is in one line, tells sockets that it restarts, ends with 0, and keeps everything', async () => {
    const first = await startQuickly();
    const ann = new Browser(await first.serving);
    const { body: me } = await ann.register('ann');
    const socket = ann.socket();
    await socket.next('welcome');
    first.child.kill('SIGTERM');
    expect(await socket.closed).toBe(CLOSE.restarting);
    expect(await first.ended).toBe(0);
    expect(first.out().trim().split('\n')).toHaveLength(1);
    for (const line of first.err().trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('level');
    expect(first.err()).not.toContain(ann.cookie.slice(7));

    const second = start();
    const again = new Browser(await second.serving);
    again.cookie = ann.cookie;
    expect(await again.must('GET', '/api/me')).toEqual(me);
    // The secret of OPAQUE was kept as well: the password still works.
    expect((await new Browser(again.url).logIn('ann'))?.status).toBe(200);
  });

  it.skipIf(process.platform === 'win32')(
    'started by npm ends with 0 too, and leaves nothing running',
    async () => {
      await giveDatabase(folder);
      const started = startByNpm({ DATA_DIR: folder });
      running.push(started);
      const url = await started.serving;
      started.child.kill('SIGTERM');
      expect(await started.ended).toBe(0);
      await expect(fetch(`${url}/healthz`)).rejects.toThrow(TypeError);
    },
  );

  it('keeps its secrets readable by its owner alone', async () => {
    const { serving } = await startQuickly();
    await serving;
    expect(statSync(folder).mode & 0o077).toBe(0);
    for (const name of ['opaque-setup', 'turn-secret'])
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });

  it('refuses to start when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { ended, err } = await startQuickly({ PORT: String(port) });
    expect(await ended).toBe(1);
    expect(err()).toBe(`PORT: ${port} is in use by another program; set PORT to a free one.\n`);
    other.close();
  });

  it('refuses to start when the data folder cannot be written, is a file, or is in use', async () => {
    const script = `mount -t tmpfs -o ro tmpfs "${folder}" && exec "$@"`;
    const readOnly = start({}, [], ['unshare', '--mount', '--map-root-user', 'sh', '-c', script, 'sh']);
    expect(await readOnly.ended).toBe(1);
    expect(readOnly.err()).toBe(`DATA_DIR: ${folder} cannot be written (EROFS at ${folder}).\n`);

    const file = join(folder, 'file');
    writeFileSync(file, '');
    const notFolder = start({ DATA_DIR: file });
    expect(await notFolder.ended).toBe(1);
    expect(notFolder.err()).toBe(`DATA_DIR: ${file} is not a folder.\n`);
    rmSync(file);

    const first = await startQuickly();
    await first.serving;
    const second = start();
    expect(await second.ended).toBe(1);
    expect(second.err()).toMatch(/^The data folder \S+ is in use by process \d+ on \S+\.\n$/);
  });

  it('refuses to start with a wrong setting, and explains them all with --help', async () => {
    const wrong = start({ REGISTRATION: 'maybe' });
    expect(await wrong.ended).toBe(1);
    expect(wrong.err()).toBe('REGISTRATION: "maybe" must be open, invite or closed.\n');
    const help = start({}, ['--help']);
    expect(await help.ended).toBe(0);
    expect(help.out()).toContain('DATABASE_URL');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses to start when the database does not answer', async () => {
    const { ended, err } = start({ DATABASE_URL: 'postgres://nobody:geheim@127.0.0.1:1/none' });
    expect(await ended).toBe(1);
    expect(err()).toBe('DATABASE_URL: the database there does not answer.\n');
  });

  it('serves HTTPS with a certificate that it makes for this machine, and keeps', async () => {
    await giveDatabase(folder);
    const fingerprints: string[] = [];
    for (let round = 0; round < 2; round++) {
      const { serving, child, ended } = start({ TLS_SELF_SIGNED: '1' });
      const url = await serving;
      expect(url).toMatch(/^https:/);
      const { fingerprint, names, headers } = await look(url);
      expect(names).toContain('DNS:localhost');
      expect(names).toContain('IP Address:127.0.0.1');
      expect(headers).toHaveProperty('strict-transport-security');
      fingerprints.push(fingerprint);
      child.kill('SIGTERM');
      await ended;
    }
    expect(fingerprints[0]).toBe(fingerprints[1]);
    expect(statSync(join(folder, 'self-signed.pem')).mode & 0o777).toBe(0o600);
  });
});

function look(url: string): Promise<{ fingerprint: string; names: string; headers: object }> {
  return new Promise((resolve, reject) => {
    get(`${url}/healthz`, { rejectUnauthorized: false, agent: false }, (response) => {
      const { fingerprint256, subjectaltname } = (response.socket as TLSSocket).getPeerCertificate();
      response.resume();
      resolve({ fingerprint: fingerprint256, names: subjectaltname ?? '', headers: response.headers });
    }).on('error', reject);
  });
}

describe('operators', () => {
  it('see a database that goes away and comes back, and requests meanwhile are refused in kind', async () => {
    const cluster = await startCluster();
    const place: Place = { url: await cluster.newDatabase(), dataDir: folder };
    const server = await startTestServer(place, { LOG_LEVEL: 'silent' });
    const ready = () => fetch(`${server.url}/readyz`).then(({ status }) => status);
    const { browser } = await server.newPerson();
    const socket = browser.socket();
    await socket.next('welcome');
    expect(await ready()).toBe(200);
    await cluster.stop();
    expect(await ready()).toBe(503);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    const refused = await browser.call('GET', '/api/me');
    expect(refused).toMatchObject({ status: 503, body: { error: { code: 'unavailable' } } });
    // An open socket outlives it, and says what it cannot do.
    socket.send({ type: 'set-presence', statusText: 'x' });
    expect((await socket.next('error')).code).toBe('unavailable');
    await cluster.start();
    expect(await ready()).toBe(200);
    expect((await browser.call('GET', '/api/me')).status).toBe(200);
    socket.send({ type: 'set-presence', statusText: 'back' });
    expect((await socket.next('me')).me.statusText).toBe('back');
    await socket.close();
    await server.stop();
    await cluster.dispose();
  });

  it('read the metrics from this machine or with the token, and nobody else does', async () => {
    await giveDatabase(folder);
    const token = 'a token for the metrics';
    const server = await startTestServer({ url: null, dataDir: folder }, { METRICS_TOKEN: token });
    const read = (headers: Record<string, string>) => fetch(`${server.url}/metrics`, { headers });
    expect(await (await read({})).text()).toContain('holler_sockets 0');
    const fromOutside = { 'x-forwarded-for': '203.0.113.7' };
    expect((await read(fromOutside)).status).toBe(403);
    expect((await read({ ...fromOutside, authorization: 'Bearer wrong' })).status).toBe(403);
    expect((await read({ ...fromOutside, authorization: `Bearer ${token}` })).status).toBe(200);
    await server.stop();
  });
});
