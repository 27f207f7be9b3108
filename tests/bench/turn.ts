/**
 * `npm run bench:turn`: coturn, node-turn and ours, one after the other under the same load, several rounds, as ratios
 * to coturn. `BENCH_ROUNDS` and `BENCH_SECONDS` change how long.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { credentialFor } from '../contract/turn/lib/client.ts';
import { SECRET, startCoturn, startNodeTurn, untilAnswers } from '../contract/turn/lib/servers.ts';
import { freePort } from '../tools/free-port.ts';
import { report, type Row } from './report.ts';
import type { Measured, MeasuredAllocations, Order } from './turn/load.ts';

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 4);
const ENTRY = fileURLToPath(new URL('../../dist/server/turn/main.js', import.meta.url));
const LOAD = fileURLToPath(new URL('./turn/load.ts', import.meta.url));
const NODE_TURN_USER = { username: 'ann', credential: 'password' };

interface Running {
  readonly order: Omit<Order, 'seconds'>;
  stop(): Promise<void>;
}

async function ours(transport: 'auto' | 'dgram'): Promise<Running> {
  const port = await freePort();
  const child: ChildProcess = spawn(process.execPath, [ENTRY], {
    stdio: 'ignore',
    env: {
      ...process.env,
      HOST: '127.0.0.1',
      TURN_PORT: String(port),
      TURN_SECRET: SECRET,
      TURN_TRANSPORT: transport,
      TURN_ALLOW_PEERS: '127.0.0.3/32',
      // All clients of this load come from one address and one user.
      TURN_USER_QUOTA: '100000',
      TURN_UNAUTHENTICATED_RATE: '1000000000',
    },
  });
  await untilAnswers(port);
  return {
    order: { port, pid: child.pid!, oneWay: false, ...credentialFor('bench', 3600) },
    async stop() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function coturn(): Promise<Running> {
  const server = await startCoturn();
  const order = {
    port: server.port,
    pid: server.process.pid!,
    oneWay: false,
    ...credentialFor('bench', 3600),
  };
  return { order, stop: () => server.stop() };
}

async function nodeTurn(): Promise<Running> {
  const server = await startNodeTurn({ [NODE_TURN_USER.username]: NODE_TURN_USER.credential });
  return {
    order: { port: server.port, pid: server.process.pid!, oneWay: true, ...NODE_TURN_USER },
    stop: () => server.stop(),
  };
}

const SERVERS = {
  coturn,
  'node-turn': nodeTurn,
  'ours, batching': () => ours('auto'),
  'ours, dgram': () => ours('dgram'),
};
type ServerName = keyof typeof SERVERS;
const NAMES = Object.keys(SERVERS) as ServerName[];

function load<T>(kind: 'packets' | 'allocations', running: Running): T {
  const order: Order = { ...running.order, seconds: SECONDS };
  const args = ['--import', 'tsx', LOAD, kind, JSON.stringify(order)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as T;
}

/** Servers and load inherit it: other work on this machine then spoils less of the figures. */
function askForPriority(): void {
  try {
    setPriority(-15);
  } catch {
    console.log(
      '(without the right to a higher priority: other work on this machine will show in the figures)',
    );
  }
}

askForPriority();

type Figures = Measured & MeasuredAllocations;
const seen = Object.fromEntries(NAMES.map((name) => [name, [] as Figures[]])) as Record<
  ServerName,
  Figures[]
>;

for (let round = 1; round <= ROUNDS; round++) {
  for (const name of NAMES) {
    let running = await SERVERS[name]();
    const packets = load<Measured>('packets', running);
    await running.stop();
    running = await SERVERS[name]();
    const allocations = load<MeasuredAllocations>('allocations', running);
    await running.stop();
    seen[name].push({ ...packets, ...allocations });
    console.log(`round ${round} of ${ROUNDS}: ${name} done`);
  }
}

const MEASURES: {
  key: keyof Figures;
  title: string;
  unit: string;
  better: 'lower' | 'higher';
  targets?: number[];
}[] = [
  { key: 'packetsPerSecond', title: 'packets relayed at full load', unit: '/s', better: 'higher' },
  {
    key: 'microsPerPacket',
    title: 'CPU per packet at full load',
    unit: 'µs',
    better: 'lower',
    targets: [1, 2.5],
  },
  { key: 'moderateMicrosPerPacket', title: 'CPU per packet at 10,000/s', unit: 'µs', better: 'lower' },
  { key: 'p50', title: 'round trip p50 at 5,000/s', unit: 'ms', better: 'lower' },
  { key: 'p99', title: 'round trip p99 at 5,000/s', unit: 'ms', better: 'lower', targets: [1.5, 1.5] },
  {
    key: 'kilobytesPerThousand',
    title: 'memory per 1,000 allocations',
    unit: 'KiB',
    better: 'lower',
    targets: [1, 1],
  },
  { key: 'perSecond', title: 'allocations, one after another', unit: '/s', better: 'higher' },
];

/** The middle one of the rounds: a neighbour's burst of work spoils one, not all. */
function median(name: ServerName, key: keyof Figures): number | undefined {
  const values = seen[name].map((figures) => figures[key]).filter((value) => value !== undefined);
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

function rowsFor({ key, title, unit, better, targets }: (typeof MEASURES)[number]): Row[] {
  const reference = median('coturn', key)!;
  return NAMES.flatMap((name) => {
    const value = median(name, key);
    if (value === undefined) return [];
    const row = { name: `${title}: ${name}`, value, unit };
    if (name === 'coturn') return [row];
    const target = targets?.[NAMES.indexOf(name) - 2];
    return [{ ...row, ratio: value / reference, better, ...(target !== undefined && { target }) }];
  });
}

report('turn', MEASURES.flatMap(rowsFor));
