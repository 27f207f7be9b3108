/** `npm run bench:start`: how long the second `npm start` takes until it serves, and what it holds when idle. Linux. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../tools/free-port.ts';
import { percentile, report } from './report.ts';

const ROUNDS = 5;
const IDLE_MS = 20_000;
const LIMIT_MS = 60_000;

const root = fileURLToPath(new URL('../../', import.meta.url));
const dataDir = mkdtempSync(join(tmpdir(), 'holler-start-'));
const port = await freePort();
const url = `http://127.0.0.1:${port}/healthz`;
const settings = {
  HOST: '127.0.0.1',
  PORT: String(port),
  TURN_PORT: String(await freePort()),
  DATA_DIR: dataDir,
};
const BARE = `require('node:http').createServer((_, answer) => answer.end()).listen(${port}, '127.0.0.1')`;

/** Milliseconds from the command to the first answer. */
async function serve(command: string, args: readonly string[]): Promise<{ child: ChildProcess; ms: number }> {
  const started = performance.now();
  const child = spawn(command, args, { cwd: root, env: { ...process.env, ...settings }, stdio: 'ignore' });
  while (performance.now() - started < LIMIT_MS) {
    const answers = await fetch(url).then(({ ok }) => ok, isRefused);
    if (answers) return { child, ms: performance.now() - started };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('It does not serve.');
}

/** Nothing listens yet; anything else that goes wrong is not expected. */
function isRefused(error: unknown): false {
  if (error instanceof TypeError) return false;
  throw error;
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** Resident MiB of a process and all that it started. */
function residentOf(pid: number): number {
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && field(name, 'PPid') === pid);
  const own = field(String(pid), 'VmRSS') / 1024;
  return own + children.reduce((sum, name) => sum + residentOf(Number(name)), 0);
}

/** A number of /proc/pid/status; 0 if the process has ended since it was listed. */
function field(pid: string, name: string): number {
  const path = `/proc/${pid}/status`;
  if (!existsSync(path)) return 0;
  return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(path, 'utf8'))?.[1] ?? 0);
}

async function measure(command: string, args: readonly string[]): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { child, ms } = await serve(command, args);
    times.push(ms);
    await stop(child);
  }
  return percentile(times, 0.5);
}

const first = await serve('npm', ['start']);
await stop(first.child);
const bare = await measure(process.execPath, ['-e', BARE]);
const server = await measure(process.execPath, ['signaling/start.mjs']);
const second = await measure('npm', ['start']);
const idle = await serve(process.execPath, ['signaling/start.mjs']);
await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
const resident = residentOf(idle.child.pid ?? 0);
await stop(idle.child);
rmSync(dataDir, { recursive: true, force: true });

report('start', [
  { name: 'bare HTTP server of Node', value: bare, unit: 'ms' },
  { name: 'first npm start, makes the database', value: first.ms, unit: 'ms' },
  { name: 'second npm start', value: second, unit: 'ms', ratio: second / 3000, target: 1 },
  { name: 'of which without npm', value: server, unit: 'ms', ratio: server / bare },
  { name: 'resident after 20 s idle', value: resident, unit: 'MiB', ratio: resident / 300, target: 1 },
]);
