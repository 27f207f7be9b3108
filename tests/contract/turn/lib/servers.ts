/** Starts the servers that the live tests compare: ours with either transport, coturn, and node-turn in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from 'selfsigned';
import { startTurn, type TurnConfig, type TurnServer } from '../../../../turn/server/start.ts';
import { freePort } from '../../../tools/free-port.ts';
import { need } from '../../../tools/programs.mjs';

export const SECRET = 'a secret for tests that is long';
/** Peers of live tests: loopback, but never an address of the relay's own. */
export const PEER_HOST = '127.0.0.3';
const START_MS = 15_000;
const ALONE = fileURLToPath(new URL('../../../../turn/main.ts', import.meta.url));
const NODE_TURN = fileURLToPath(new URL('../../../tools/node-turn.mjs', import.meta.url));

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

export function startOurs(config: Partial<TurnConfig> = {}): Promise<TurnServer> {
  return startTurn({
    hosts: ['127.0.0.1'],
    port: 0,
    secrets: [SECRET],
    allowPeers: ['127.0.0.0/8', '::1/128'],
    threads: 2,
    log: silent,
    ...config,
  });
}

export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  /** What a client must trust to take the certificate. */
  readonly ca: string;
}

/** For `localhost` and 127.0.0.1, signed by an authority made for the occasion. */
export async function certificate(): Promise<TestCertificate> {
  const authority = await generate([{ name: 'commonName', value: 'Holler test authority' }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    algorithm: 'sha256',
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { cert: made.cert, key: made.private, ca: authority.cert };
}

export interface ChildServer {
  readonly port: number;
  readonly process: ChildProcess;
  readonly alive: boolean;
  stop(): Promise<void>;
}

function wrap(child: ChildProcess, port: number): ChildServer {
  return {
    port,
    process: child,
    get alive() {
      return child.exitCode === null && child.signalCode === null;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

export async function startCoturn(...more: string[]): Promise<ChildServer> {
  const port = await freePort();
  // Without a database of its own it does not even take its shared secret.
  const folder = await mkdtemp(join(tmpdir(), 'coturn-'));
  const child = spawn(
    need('turnserver'),
    [
      '-n',
      '--no-cli',
      '--no-tls',
      '--no-dtls',
      '--log-file=stdout',
      '--allow-loopback-peers',
      '--listening-ip=127.0.0.1',
      '--relay-ip=127.0.0.1',
      `--listening-port=${port}`,
      '--realm=holler',
      '--use-auth-secret',
      `--static-auth-secret=${SECRET}`,
      '--pidfile=/dev/null',
      `--userdb=${join(folder, 'users')}`,
      ...more,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  child.stderr.resume();
  await untilAnswers(port);
  child.stdout.resume();
  child.once('exit', () => rmSync(folder, { recursive: true }));
  return wrap(child, port);
}

export interface AloneServer extends ChildServer {
  /** What it has logged so far, a line of JSON each. */
  log(): string;
}

/** Ours as `npm run turn` starts it: a process of its own. */
export async function startAlone(env: Record<string, string> = {}): Promise<AloneServer> {
  const port = await freePort();
  const child = spawn(process.execPath, ['--import', 'tsx', ALONE], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      HOST: '127.0.0.1',
      TURN_PORT: String(port),
      TURN_SECRET: SECRET,
      TURN_ALLOW_PEERS: `${PEER_HOST}/32`,
      ...env,
    },
  });
  let logged = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (logged += text));
  await untilAnswers(port);
  return Object.assign(wrap(child, port), { log: () => logged });
}

/** node-turn crashes on some packets: it gets a process that may. Its users have fixed passwords. */
export async function startNodeTurn(users: Record<string, string>): Promise<ChildServer> {
  const port = await freePort();
  const settings = {
    listeningPort: port,
    listeningIps: ['127.0.0.1'],
    relayIps: ['127.0.0.1'],
    credentials: users,
  };
  const child = spawn(process.execPath, [NODE_TURN, JSON.stringify(settings)], { stdio: 'ignore' });
  await untilAnswers(port);
  return wrap(child, port);
}

/** Sends Binding requests until one is answered. */
export async function untilAnswers(port: number): Promise<void> {
  const socket = createSocket('udp4');
  const question = Buffer.from('000100002112a442000102030405060708090a0b', 'hex');
  const timer = setInterval(() => socket.send(question, port, '127.0.0.1'), 50);
  try {
    await once(socket, 'message', { signal: AbortSignal.timeout(START_MS) });
  } finally {
    clearInterval(timer);
    socket.close();
  }
}
