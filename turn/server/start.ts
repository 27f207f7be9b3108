/**
 * Starts the STUN/TURN server on threads of its own. What others need of `turn/`:
 *
 *     const turn = await startTurn({ port: 3478, secrets: ['…'], log });   // throws TurnStartError
 *     turn.port; turn.metrics(); turn.sharePort(httpsServer);
 *     await turn.drain(30_000); await turn.close();
 *
 *     mintCredential({ secret, user, ttlSeconds, nowMs }) => { username, credential }   // turn/credential.ts
 *     readTurnConfig(process.env) => { config } | { error }                             // turn/config.ts
 *
 * `port: 0` takes a free one. `log` has pino's shape. Everything but `secrets` and `log` has a default.
 */
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { availableParallelism } from 'node:os';
import type { Server as TlsServer } from 'node:tls';
import type { Worker } from 'node:worker_threads';
import { parseCidr, type Cidr } from '../allocation/cidr.ts';
import { createLedgerMemory, Ledger } from '../allocation/ledger.ts';
import { createReservationsMemory } from '../allocation/reservations.ts';
import { address, formatAddress, formatIp, parseIp, sameIp, type Address } from '../stun/address.ts';
import { bridgeName, carry } from '../transport/bridge.ts';
import { loadLibc } from '../transport/libc.ts';
import { sharePort } from '../transport/shared-port.ts';
import type { TlsFiles } from '../transport/stream-server.ts';
import { localAddresses, planRelays, withoutRepeats } from './addresses.ts';
import { createCountersMemory, totals } from './counters.ts';
import type { RelayWorkerData } from './relay-worker.ts';
import { prometheusText } from './metrics.ts';
import { DEFAULT_LIMITS, type Limits, type Settings } from './settings.ts';
import { firstMessage, spawnRelay } from './spawn.ts';
import { TurnStartError } from './start-error.ts';
import type { Listening, WorkerMessage } from './worker-messages.ts';

export interface TurnLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface TurnConfig {
  /** Addresses to listen on; all of this host's when left out. */
  readonly hosts?: readonly string[];
  readonly port?: number;
  readonly tlsPort?: number;
  readonly tls?: TlsFiles;
  readonly relayIps?: readonly string[];
  readonly externalIps?: readonly string[];
  readonly minPort?: number;
  readonly maxPort?: number;
  /** The first is the current one; the others are still taken. */
  readonly secrets: readonly string[];
  readonly allowPeers?: readonly string[];
  readonly denyPeers?: readonly string[];
  readonly altIp?: string;
  readonly altPort?: number;
  readonly realm?: string;
  readonly limits?: Partial<Limits>;
  /** `dgram` does without batching, as it must where koffi or Linux is missing. */
  readonly transport?: 'auto' | 'dgram';
  /** Threads for UDP clients; one per core when left out. Without batching there is one for all. */
  readonly threads?: number;
  readonly log: TurnLog;
}

export interface TurnServer {
  readonly port: number;
  readonly tlsPort: number | undefined;
  /** Where UDP and TCP clients are listened for. */
  readonly addresses: readonly string[];
  /** Live allocations. */
  readonly allocations: number;
  /** From now on that server's TLS port serves TURN, too. */
  sharePort(server: TlsServer): void;
  /** Prometheus text. */
  metrics(): string;
  /** Takes no new allocations; resolves when the last one has ended, or after that many milliseconds. */
  drain(deadlineMs: number): Promise<void>;
  close(): Promise<void>;
}

const DEFAULT_PORT = 3478;
const ATTEMPTS = 20;
const DRAIN_POLL_MS = 50;
const MAX_THREADS = 65;

export async function startTurn(config: TurnConfig): Promise<TurnServer> {
  const absent: Uint8Array[] = [];
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOn(config, await chooseEndpoints(config, absent));
    } catch (error) {
      if (!(error instanceof TurnStartError) || attempt === ATTEMPTS) throw error;
      const unlucky = error.code === 'port-taken' && config.port === 0;
      const vanished = error.code === 'address-not-here' && !config.hosts ? error.ip : undefined;
      if (!unlucky && !vanished) throw error;
      // An address that this host only seemed to have (IPv6 is slow to settle) must not keep it from starting.
      if (vanished) absent.push(vanished);
    }
  }
}

interface Endpoints {
  readonly ips: readonly Uint8Array[];
  readonly port: number;
  readonly tlsPort: number | undefined;
  readonly udp: readonly Address[];
}

async function chooseEndpoints(config: TurnConfig, absent: readonly Uint8Array[]): Promise<Endpoints> {
  const altIps = config.altIp === undefined ? [] : ips('STUN_ALT_IP', [config.altIp]);
  const named = config.hosts ? ips('HOST', config.hosts) : localAddresses();
  const all = withoutRepeats([...named, ...altIps]).filter((ip) => !absent.some((gone) => sameIp(gone, ip)));
  const port = config.port === 0 ? await freePort(all[0]!) : (config.port ?? DEFAULT_PORT);
  const tlsPort = config.tlsPort === 0 ? await freePort(all[0]!) : config.tlsPort;
  const altPort = config.altPort === 0 ? await freePort(all[0]!) : config.altPort;
  const ports = altPort === undefined ? [port] : [port, altPort];
  const udp = ports.flatMap((p) => all.map((ip) => address(ip, p)));
  return { ips: all, port, tlsPort, udp };
}

/** A port that UDP has free now. Another process may take it before we do: the caller then asks again. */
function freePort(ip: Uint8Array): Promise<number> {
  return bindOnce(address(ip, 0));
}

/** Binds a UDP socket for a moment, and says which port it had. */
function bindOnce(at: Address): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: at.family === 4 ? 'udp4' : 'udp6', ipv6Only: at.family === 6 });
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind({ port: at.port, address: formatIp(at.ip), exclusive: true }, () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

function settingsFor(config: TurnConfig, endpoints: Endpoints): Settings {
  const named = ips('TURN_RELAY_IP', config.relayIps ?? []);
  const external = ips('TURN_EXTERNAL_IP', config.externalIps ?? []);
  const [altIp] = config.altIp === undefined ? [] : ips('STUN_ALT_IP', [config.altIp]);
  const altPort = endpoints.udp.find((at) => at.port !== endpoints.port)?.port;
  return {
    realm: config.realm ?? 'holler',
    secrets: config.secrets,
    nonceKey: randomBytes(32),
    policy: {
      allow: ranges('TURN_ALLOW_PEERS', config.allowPeers),
      deny: ranges('TURN_DENY_PEERS', config.denyPeers),
    },
    limits: { ...DEFAULT_LIMITS, ...config.limits },
    minPort: config.minPort ?? 49_152,
    maxPort: config.maxPort ?? 65_535,
    plans: planRelays({ listening: endpoints.ips, named, external }),
    external,
    ...(altPort !== undefined && { alternate: { ...(altIp && { ip: altIp }), port: altPort } }),
    listeners: endpoints.udp,
  };
}

async function startOn(config: TurnConfig, endpoints: Endpoints): Promise<TurnServer> {
  const settings = settingsFor(config, endpoints);
  const memory = {
    ledger: createLedgerMemory(),
    reservations: createReservationsMemory(),
    counters: createCountersMemory(MAX_THREADS),
  };
  const ledger = new Ledger(memory.ledger, settings.limits);
  const batching = canBatch(config);
  if (batching) await assertFree(endpoints);
  const bridge = bridgeName();
  const plans = batching ? batchingThreads : loneThread;
  const workers = plans(config, endpoints, bridge.path).map((plan, thread) =>
    spawnRelay({ settings, ...memory, thread, ...plan }),
  );
  const close = async (): Promise<void> => {
    ledger.stop();
    await Promise.all(workers.map(ended));
    bridge.remove();
  };
  const words = await Promise.all(workers.map(firstMessage));
  const failure = words.find((word) => word.type === 'failed');
  if (failure) {
    await close();
    throw startError(failure.code, failure.listening, endpoints);
  }
  for (const worker of workers) {
    worker.on('error', (error) => config.log.error({ err: error }, 'a relay thread died'));
    worker.on('message', (word: WorkerMessage) => {
      if (word.type === 'bug') config.log.error({ stack: word.stack }, 'the relay failed on a packet');
    });
  }
  const addresses = endpoints.ips.map((ip) => formatAddress(address(ip, endpoints.port)));
  const tlsPort = config.tls ? endpoints.tlsPort : undefined;
  config.log.info({ addresses, tlsPort, batching, threads: workers.length }, 'STUN/TURN is listening');
  return {
    port: endpoints.port,
    tlsPort,
    addresses,
    get allocations() {
      return ledger.allocations;
    },
    sharePort: (server) => sharePort(server, (socket) => carry(bridge.path, socket)),
    metrics: () => prometheusText(totals(memory.counters), ledger.allocations),
    drain: (deadlineMs) => drain(ledger, deadlineMs),
    close,
  };
}

type ThreadPlan = Omit<RelayWorkerData, 'settings' | 'ledger' | 'reservations' | 'counters' | 'thread'>;

function canBatch(config: TurnConfig): boolean {
  return config.transport !== 'dgram' && loadLibc() !== undefined;
}

/** Without batching one thread serves everyone. */
function loneThread(config: TurnConfig, endpoints: Endpoints, bridge: string): ThreadPlan[] {
  return [{ transport: 'dgram', udp: endpoints.udp, ...streamPlan(config, endpoints, bridge) }];
}

/** With batching, UDP clients have one thread per core, and streams one of their own. */
function batchingThreads(config: TurnConfig, endpoints: Endpoints, bridge: string): ThreadPlan[] {
  const threads = Math.min(config.threads ?? availableParallelism(), MAX_THREADS - 1);
  const forUdp: ThreadPlan = { transport: 'batch', udp: endpoints.udp, tcp: [], tls: [] };
  return [
    { transport: 'batch', udp: [], ...streamPlan(config, endpoints, bridge) },
    ...Array.from({ length: threads }, () => forUdp),
  ];
}

function streamPlan(
  config: TurnConfig,
  endpoints: Endpoints,
  bridge: string,
): Omit<ThreadPlan, 'transport' | 'udp'> {
  const at = (port: number | undefined): Address[] =>
    port === undefined ? [] : endpoints.ips.map((ip) => address(ip, port));
  return {
    bridge,
    tcp: at(endpoints.port),
    tls: config.tls ? at(endpoints.tlsPort) : [],
    ...(config.tls && { certificate: config.tls }),
  };
}

/** Threads share their port, and so could another program: that the port is free must be asked beforehand. */
async function assertFree(endpoints: Endpoints): Promise<void> {
  for (const at of endpoints.udp) {
    try {
      await bindOnce(at);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? String(error);
      throw startError(code, { kind: 'udp', address: at }, endpoints);
    }
  }
}

async function drain(ledger: Ledger, deadlineMs: number): Promise<void> {
  ledger.drain();
  const deadline = performance.now() + deadlineMs;
  while (ledger.allocations > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
  }
}

function ended(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    if (worker.threadId === -1) resolve();
    else worker.once('exit', () => resolve());
  });
}

function startError(code: string, listening: Listening, endpoints: Endpoints): TurnStartError {
  const { kind, address: at } = listening;
  const setting =
    kind === 'tls' ? 'TURN_TLS_PORT' : at.port === endpoints.port ? 'TURN_PORT' : 'STUN_ALT_PORT';
  return TurnStartError.fromSystem(code, setting, kind.toUpperCase(), at);
}

function ips(setting: string, texts: readonly string[]): Uint8Array[] {
  return texts.map((text) => {
    const ip = parseIp(text);
    if (!ip) throw new TurnStartError('invalid', `${setting}: "${text}" is not an IP address.`);
    return ip;
  });
}

function ranges(setting: string, texts: readonly string[] = []): Cidr[] {
  return texts.map((text) => {
    const range = parseCidr(text);
    if (!range)
      throw new TurnStartError('invalid', `${setting}: "${text}" is not an address range like 10.0.0.0/8.`);
    return range;
  });
}
