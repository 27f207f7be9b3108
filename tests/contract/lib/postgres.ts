/** A private PostgreSQL for tests: its own folder and port, gone afterwards. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { freePort } from '../../tools/free-port.ts';
import { need } from '../../tools/programs.mjs';
import { madeOnce } from './template.ts';

export interface Cluster {
  /** Address of a new, empty database. */
  newDatabase(): Promise<string>;
  stop(): Promise<void>;
  start(): Promise<void>;
  dispose(): Promise<void>;
}

const START_LIMIT_MS = 20_000;

/** `durable`: commits reach the disk, as in use; tests are quicker without. */
export async function startCluster(durable = false): Promise<Cluster> {
  const initdb = need('initdb');
  const folder = mkdtempSync(join(tmpdir(), 'holler-pg-'));
  const as = userForPostgres(folder);
  const data = join(folder, 'data');
  // With its owner, who is not the one that copies.
  execFileSync('cp', ['-a', join(await template(initdb), 'data'), data]);
  const port = await freePort();
  const address = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`;
  let child: ChildProcess | undefined;
  let made = 0;

  const start = async () => {
    const settings = [
      'listen_addresses=127.0.0.1',
      `port=${port}`,
      `fsync=${durable ? 'on' : 'off'}`,
      `unix_socket_directories=${folder}`,
    ];
    const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
    child = spawn(join(dirname(initdb), 'postgres'), args, { ...as, cwd: folder, stdio: 'ignore' });
    await answering(address('postgres'));
  };
  const stop = async () => {
    if (child === undefined || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    // SIGINT: "fast" - open connections are cut.
    child.kill('SIGINT');
    await ended;
  };
  await start();
  return {
    newDatabase: async () => {
      const name = `holler_${++made}`;
      await withClient(address('postgres'), (client) => client.query(`create database ${name}`));
      return address(name);
    },
    stop,
    start,
    dispose: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** With what `initdb` makes; of each version of it another one. */
function template(initdb: string): Promise<string> {
  const [version = ''] = /[\d.]+/.exec(execFileSync(initdb, ['--version'], { encoding: 'utf8' })) ?? [];
  return madeOnce(`cluster-${version}`, (folder) => {
    const args = ['-D', join(folder, 'data'), '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'];
    execFileSync(initdb, args, { ...userForPostgres(folder), cwd: folder, stdio: 'ignore' });
    return Promise.resolve();
  });
}

/** PostgreSQL refuses to run as root: then it runs as the user that its package made. */
function userForPostgres(folder: string): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  const [uid, gid] = [id('-u'), id('-g')];
  chownSync(folder, uid, gid);
  return { uid, gid };
}

export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function answering(url: string): Promise<void> {
  const limit = Date.now() + START_LIMIT_MS;
  for (;;) {
    try {
      await withClient(url, (client) => client.query('select 1'));
      return;
    } catch (error) {
      if (Date.now() > limit) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
