/** What can be killed and comes back on the same ports and data: the server, its database, the relay. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startHoller } from '../browser/lib/holler.ts';
import { startCluster } from '../contract/lib/postgres.ts';
import { freePort } from '../tools/free-port.ts';

const TURN = fileURLToPath(new URL('../../dist/server/turn/main.js', import.meta.url));
const TURN_SECRET = 'only for this run';

interface Place {
  readonly kill: () => Promise<unknown>;
  readonly start: () => Promise<void>;
}

export interface Places {
  readonly url: string;
  /** The embedded database has no place of its own: it dies with the server. */
  readonly places: Readonly<Record<'server' | 'turn', Place>> & { readonly database: Place | null };
  /** Whether the server and its database are there. */
  readonly serve: () => boolean;
  /** What the server has printed. */
  output(): string;
  dispose(): Promise<void>;
}

export async function startPlaces(database: 'embedded' | 'postgres'): Promise<Places> {
  const cluster = database === 'postgres' ? await startCluster(true) : null;
  const turn = await startTurn();
  const server = await startHoller({
    TURN_PORT: '0',
    TURN_URLS: turn.url,
    TURN_SECRET,
    ...(cluster && { DATABASE_URL: await cluster.newDatabase() }),
  });
  const down = new Set<string>();
  const watched = (name: string, { kill, start }: Place): Place => ({
    kill() {
      down.add(name);
      return kill();
    },
    async start() {
      await start();
      down.delete(name);
    },
  });
  return {
    url: server.url,
    places: {
      server: watched('server', { kill: () => server.stop('SIGKILL'), start: () => server.start() }),
      database: cluster && watched('database', { kill: () => cluster.stop(), start: () => cluster.start() }),
      turn,
    },
    serve: () => down.size === 0,
    output: () => server.output(),
    async dispose() {
      await server.dispose();
      await turn.kill();
      await cluster?.dispose();
    },
  };
}

async function startTurn(): Promise<Place & { readonly url: string }> {
  const port = await freePort();
  let child: ChildProcess | null = null;
  const start = async () => {
    const started = spawn(process.execPath, [TURN], {
      env: {
        PATH: process.env['PATH'],
        TURN_PORT: String(port),
        TURN_RELAY_IP: '127.0.0.1',
        TURN_SECRET,
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child = started;
    // Its first line comes once it listens.
    await Promise.race([once(started.stdout, 'data'), once(started, 'exit')]);
    if (started.exitCode !== null) throw new Error('The relay did not start.');
    started.stdout.resume();
  };
  await start();
  return {
    url: `turn:127.0.0.1:${port}?transport=udp`,
    start,
    async kill() {
      if (child === null || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
