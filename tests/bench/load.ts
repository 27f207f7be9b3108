/** `npm run bench:load`: thousands of signed-in sockets on one process, against bare `ws` in the same run. */
import { type ChildProcess, execSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Done, Page, Task } from './load/clients.ts';
import { makeCrowd } from './load/people.ts';
import { percentile, report, type Row } from './report.ts';

const PEOPLE = Number(process.env['PEOPLE'] ?? 5000);
const BUDDIES = Math.min(200, PEOPLE - 1);
const RELAY_PAIRS = Math.min(200, Math.floor(PEOPLE / 4));
const RELAY_SECONDS = 4;

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

interface Measured {
  readonly url: string;
  readonly child: ChildProcess;
  memory(): Promise<{ rss: number; heap: number }>;
  /** Seconds of computing so far, all threads. */
  cpu(): number;
  stop(): Promise<void>;
}

async function start(script: string, env: Record<string, string>): Promise<Measured> {
  const args = ['--expose-gc', '--import', here('./load/memory-probe.mjs'), script];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (part: Buffer) => {
      text += part.toString();
      const found = /Holler is at (\S+)/.exec(text);
      if (found !== null) resolve(found[1] ?? '');
    });
    child.on('exit', () => reject(new Error(`It ended: ${text}`)));
  });
  return {
    url,
    child,
    memory: async () => {
      child.send('memory');
      const [answer] = (await once(child, 'message')) as [{ rss: number; heap: number }];
      return answer;
    },
    cpu: () => {
      // Fields 14 and 15 of /proc/pid/stat: user and system time in ticks of 10 ms.
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function ask(clients: ChildProcess, task: Task): Promise<Done> {
  clients.send(task);
  const [done] = (await once(clients, 'message')) as [Done];
  return done;
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 3_000));
const KIB = 1024;

function connectShare(
  clients: ChildProcess,
  url: string,
  pages: readonly Page[],
  share: number,
  welcome: boolean,
) {
  return ask(clients, { do: 'connect', url, pages: pages.slice(0, pages.length * share), welcome });
}

/**
 * Memory per connection, in bytes; `work` connects that share of all pages. Measured after a first tenth has come and
 * gone: what a process grows by once is not the price of a connection.
 */
async function perConnection(
  server: Measured,
  work: (share: number) => Promise<Done>,
): Promise<{ rss: number; heap: number; done: Done }> {
  await work(0.1);
  await work(0);
  await settle();
  const before = await server.memory();
  const done = await work(1);
  await settle();
  const after = await server.memory();
  return { rss: (after.rss - before.rss) / PEOPLE, heap: (after.heap - before.heap) / PEOPLE, done };
}

async function bare(clients: ChildProcess, pages: readonly Page[]) {
  const server = await start(here('./load/bare-server.mjs'), {});
  const measured = await perConnection(server, (share) =>
    connectShare(clients, server.url, pages, share, false),
  );
  await ask(clients, { do: 'connect', url: server.url, pages: [], welcome: false });
  await server.stop();
  return measured;
}

async function ours(clients: ChildProcess, pages: readonly Page[], dataDir: string) {
  const server = await start(here('../../dist/server/signaling/main.js'), {
    DATA_DIR: dataDir,
    HOST: '127.0.0.1',
    PORT: '0',
    TURN_PORT: '0',
    LOG_LEVEL: 'warn',
    RATE_LIMIT_FACTOR: '1000000',
  });
  const idle = await server.memory();
  const measured = await perConnection(server, (share) =>
    connectShare(clients, server.url, pages, share, true),
  );
  const shown = await ask(clients, { do: 'presence', star: 0, buddies: BUDDIES, rounds: 20 });
  const pairs = Array.from({ length: RELAY_PAIRS }, (_, i) => [2 * i, 2 * i + 1] as const);
  const [cpuBefore, relayed] = [
    server.cpu(),
    await ask(clients, { do: 'relay', pairs, seconds: RELAY_SECONDS }),
  ];
  const busy = (server.cpu() - cpuBefore) / relayed.seconds;
  const full = await server.memory();
  const again = await ask(clients, { do: 'connect', url: server.url, pages, welcome: true });
  await server.stop();
  return { ...measured, idle, shown, relayed, busy, full, again };
}

function checkLimit(): void {
  const limit = Number(execSync('ulimit -n', { shell: '/bin/sh', encoding: 'utf8' }));
  if (limit < PEOPLE + 200)
    throw new Error(`bench:load needs ${PEOPLE + 200} open files; raise ulimit -n, which is ${limit}.`);
}

async function main(): Promise<void> {
  checkLimit();
  const dataDir = mkdtempSync(join(tmpdir(), 'holler-load-'));
  const clients = fork(here('./load/clients.ts'), { execArgv: ['--import', 'tsx'] });
  try {
    const pages = await makeCrowd(dataDir, { people: PEOPLE, ring: 10, star: BUDDIES });
    const reference = await bare(clients, pages);
    const holler = await ours(clients, pages, dataDir);
    const perSecond = holler.relayed.times.length / holler.relayed.seconds;
    const rows: Row[] = [
      { name: 'sockets', value: PEOPLE - holler.done.failures, unit: 'connected' },
      { name: 'memory per connection, bare ws', value: reference.heap / KIB, unit: 'KiB' },
      {
        name: 'memory per connection',
        value: holler.heap / KIB,
        unit: 'KiB',
        ratio: holler.heap / reference.heap,
        target: 2,
      },
      { name: 'process grown per connection, bare ws', value: reference.rss / KIB, unit: 'KiB' },
      // With the database's thread, and what both keep ready after thousands of lists were read.
      {
        name: 'process grown per connection',
        value: holler.rss / KIB,
        unit: 'KiB',
        ratio: holler.rss / reference.rss,
      },
      { name: 'process, nobody connected', value: holler.idle.rss / KIB / KIB, unit: 'MiB' },
      { name: 'process, all connected', value: holler.full.rss / KIB / KIB, unit: 'MiB' },
      { name: 'connecting, bare ws', value: PEOPLE / reference.done.seconds, unit: 'sockets/s' },
      {
        name: 'connecting, signed in, with the list',
        value: PEOPLE / holler.done.seconds,
        unit: 'sockets/s',
        ratio: holler.done.seconds === 0 ? 0 : reference.done.seconds / holler.done.seconds,
      },
      { name: 'all at once again, welcome p99', value: percentile(holler.again.times, 0.99), unit: 'ms' },
      { name: `presence to ${BUDDIES} buddies, p50`, value: percentile(holler.shown.times, 0.5), unit: 'ms' },
      {
        name: `presence to ${BUDDIES} buddies, p99`,
        value: percentile(holler.shown.times, 0.99),
        unit: 'ms',
      },
      { name: 'relayed', value: perSecond, unit: 'messages/s' },
      { name: 'relayed, p99', value: percentile(holler.relayed.times, 0.99), unit: 'ms' },
      { name: 'server while relaying', value: holler.busy * 100, unit: '% of a core' },
    ];
    console.log(breaksFirst(holler.busy, perSecond));
    report('load', rows);
  } finally {
    clients.kill();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function breaksFirst(busy: number, perSecond: number): string {
  const rate = Math.round(perSecond);
  return busy > 0.8
    ? `Breaks first: the one thread that serves sockets, at ${rate} relayed messages a second.`
    : `Breaks first: nothing of the server; the clients of this run could not send more than ${rate} messages a second.`;
}

await main();
