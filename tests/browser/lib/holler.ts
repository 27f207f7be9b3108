/** Runs the real, built server for a test: its own data folder, free ports, stop, kill and restart on the same ports. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { giveDatabase } from '../../contract/lib/template.ts';
import { freePort } from '../../tools/free-port.ts';

const ENTRY = fileURLToPath(new URL('../../../dist/server/signaling/main.js', import.meta.url));
/** On a busy machine a start may take long. */
const START_LIMIT_MS = 90_000;

export interface Holler {
  readonly url: string;
  readonly dataDir: string;
  /** Everything that the server has printed so far, for the message of a failed test. */
  output(): string;
  pid(): number | undefined;
  /** SIGTERM, or `signal`, and waits for the end; resolves to the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Starts it again on the same ports and data. */
  start(): Promise<void>;
  /** Stops and deletes the data folder. */
  dispose(): Promise<void>;
}

/** A place other than this machine: `run` is put before the command, and `url` is where others reach it. */
export interface Elsewhere {
  readonly run: readonly string[];
  readonly url: string;
}

export async function startHoller(
  env: Readonly<Record<string, string>> = {},
  elsewhere?: Elsewhere,
  entry = ENTRY,
): Promise<Holler> {
  const dataDir = await mkdtemp(join(tmpdir(), 'holler-'));
  if (env['DATABASE_URL'] === undefined) await giveDatabase(dataDir);
  const [port, turnPort] = [await freePort(), await freePort()];
  const url = elsewhere?.url ?? `http://localhost:${port}`;
  const [command = process.execPath, ...before] = elsewhere?.run ?? [];
  const args = elsewhere ? [...before, process.execPath, entry] : [entry];
  const settings = {
    HOST: '127.0.0.1',
    PORT: String(port),
    TURN_PORT: String(turnPort),
    TURN_RELAY_IP: '127.0.0.1',
    DATA_DIR: dataDir,
    LOG_LEVEL: 'info',
    ...env,
  };
  let child: ChildProcess | undefined;
  let output = '';

  const start = async () => {
    const started = spawn(command, args, {
      env: { ...inherited(), ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => (output = (output + text).slice(-200_000)));
    }
    const from = output.length;
    if (elsewhere) await said(/https?:\/\//, started, () => output.slice(from));
    else await serving(url, started, () => output);
  };
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    const stopping = child;
    if (stopping === undefined || stopping.exitCode !== null || stopping.signalCode !== null) return null;
    const ended = once(stopping, 'exit');
    stopping.kill(signal);
    await ended;
    return stopping.exitCode;
  };

  await start();
  return {
    url,
    dataDir,
    output: () => output,
    pid: () => child?.pid,
    stop,
    start,
    dispose: async () => {
      await stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The surroundings less any setting of Holler's own, so that a developer's shell does not leak into a test. */
function inherited(): NodeJS.ProcessEnv {
  const ours =
    /^(HOST|PORT|PUBLIC_URL|DATA_DIR|DATABASE_URL|BUS_URL|TLS_|TURN_|STUN_|REGISTRATION|LOG_LEVEL)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

/** From another network the answer cannot be asked for: the line with the address, which comes once it serves, has to do. */
async function said(line: RegExp, child: ChildProcess, output: () => string): Promise<void> {
  const limit = Date.now() + START_LIMIT_MS;
  while (!line.test(output())) {
    if (child.exitCode !== null || Date.now() > limit)
      throw new Error(`The server did not start:\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function serving(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const limit = Date.now() + START_LIMIT_MS;
  while (Date.now() < limit) {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}:\n${output()}`);
    const answer = await fetch(`${url}/healthz`).catch((error: unknown) =>
      error instanceof TypeError ? null : Promise.reject(error),
    );
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The server did not serve within ${START_LIMIT_MS} ms:\n${output()}`);
}
