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
import type { Server as TlsServer } from 'node:tls';
import { parseCidr, type Cidr } from '../allocation/cidr.ts';
import { Ledger } from '../allocation/ledger.ts';
import { address, formatAddress, formatIp } from '../stun/address.ts';
import { carry, openBridge } from '../transport/bridge.ts';
import { sharePort } from '../transport/shared-port.ts';
import type { TlsFiles } from '../transport/stream-server.ts';
import { followAddresses, hostAddresses, planRelays } from './addresses.ts';
import { totals } from './counters.ts';
import { chooseEndpoints, ips, startError, type Endpoints } from './endpoints.ts';
import { detectExternal } from './external.ts';
import { createRelayMemory } from './memory.ts';
import { prometheusText } from './metrics.ts';
import { DEFAULT_LIMITS, type Limits, type Settings } from './settings.ts';
import { TurnStartError } from './start-error.ts';
import { planThreads } from './thread-plans.ts';
import { RelayThreads } from './threads.ts';

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
  /** What relays are announced as behind a 1:1 NAT; detected from `publicHost` when left out. */
  readonly externalIps?: readonly string[];
  /** The name or address by which clients find this server. */
  readonly publicHost?: string;
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

const ATTEMPTS = 20;
const DRAIN_POLL_MS = 50;
/** It reads the ledger and claims nothing. */
const MAIN_THREAD = -1;

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

async function settingsFor(config: TurnConfig, endpoints: Endpoints): Promise<Settings> {
  const named = ips('TURN_RELAY_IP', config.relayIps ?? []);
  const local = hostAddresses();
  const external = await externalFor(config, local);
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
    local,
    ...(altPort !== undefined && { alternate: { ...(altIp && { ip: altIp }), port: altPort } }),
    listeners: endpoints.udp,
  };
}

async function externalFor(config: TurnConfig, local: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
  if (config.externalIps && config.externalIps.length > 0) return ips('TURN_EXTERNAL_IP', config.externalIps);
  return config.publicHost === undefined ? [] : detectExternal(config.publicHost, local);
}

async function startOn(config: TurnConfig, endpoints: Endpoints): Promise<TurnServer> {
  const settings = await settingsFor(config, endpoints);
  const { bridge, remove } = openBridge();
  const plans = await planThreads(config, endpoints, bridge);
  const memory = createRelayMemory(plans.threads.length);
  const ledger = new Ledger(memory.ledger, settings.limits, MAIN_THREAD);
  const threads = new RelayThreads(memory, settings, ledger, config.log);
  const stopFollowing = followAddresses((local) => threads.update({ ...settings, local }));
  const close = async (): Promise<void> => {
    stopFollowing();
    await threads.close();
    plans.closeListeners();
    remove();
  };
  const words = await threads.start(plans.threads);
  const failure = words.find((word) => word.type !== 'ready');
  if (failure) {
    await close();
    throw failure.type === 'failed'
      ? startError(failure.code, failure.listening, endpoints)
      : (failure.cause ?? new Error('a relay thread ended at its start'));
  }
  const addresses = endpoints.ips.map((ip) => formatAddress(address(ip, endpoints.port)));
  const tlsPort = config.tls ? endpoints.tlsPort : undefined;
  const { batching } = plans;
  const external = settings.external.map(formatIp);
  config.log.info(
    { addresses, tlsPort, external, batching, threads: words.length },
    'STUN/TURN is listening',
  );
  return {
    port: endpoints.port,
    tlsPort,
    addresses,
    get allocations() {
      return ledger.allocations;
    },
    sharePort: (server) => sharePort(server, (socket) => carry(bridge, socket)),
    metrics: () => prometheusText(totals(memory.counters), ledger.allocations),
    drain: (deadlineMs) => drain(ledger, deadlineMs),
    close,
  };
}

async function drain(ledger: Ledger, deadlineMs: number): Promise<void> {
  ledger.drain();
  const deadline = performance.now() + deadlineMs;
  while (ledger.allocations > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
  }
}

function ranges(setting: string, texts: readonly string[] = []): Cidr[] {
  return texts.map((text) => {
    const range = parseCidr(text);
    if (!range)
      throw new TurnStartError('invalid', `${setting}: "${text}" is not an address range like 10.0.0.0/8.`);
    return range;
  });
}
