/** Which thread serves whom. */
import { availableParallelism } from 'node:os';
import type { OpenListener } from '../transport/batch.ts';
import type { Bridge } from '../transport/bridge.ts';
import { loadLibc, type Libc } from '../transport/libc.ts';
import { newScratch, openSocket } from '../transport/sockets.ts';
import { address, type Address } from '../stun/address.ts';
import { assertFree, startError, type Endpoints } from './endpoints.ts';
import type { RelayMemory } from './memory.ts';
import type { RelayWorkerData } from './relay-worker.ts';
import type { TurnConfig } from './start.ts';

/** Counters tell threads apart with a byte. */
const MAX_THREADS = 65;

export type ThreadPlan = Omit<RelayWorkerData, keyof RelayMemory | 'settings' | 'thread'>;

export interface Plans {
  readonly threads: readonly ThreadPlan[];
  readonly batching: boolean;
  /** Once the threads have ended. */
  closeListeners(): void;
}

/** Opens the UDP listeners where batching is to be had: they outlive a thread. Throws a TurnStartError. */
export async function planThreads(config: TurnConfig, endpoints: Endpoints, bridge: Bridge): Promise<Plans> {
  const libc = config.transport === 'dgram' ? undefined : loadLibc();
  const streams = streamPlan(config, endpoints, bridge);
  if (!libc) {
    // Without batching one thread serves everyone.
    const lone: ThreadPlan = { udp: { transport: 'dgram', addresses: endpoints.udp }, ...streams };
    return { threads: [lone], batching: false, closeListeners: () => undefined };
  }
  await assertFree(endpoints);
  const count = Math.min(config.threads ?? availableParallelism(), MAX_THREADS - 1);
  const listeners = openListeners(libc, endpoints, count);
  return {
    // UDP clients have one thread per core, and streams one of their own.
    threads: [
      { udp: { transport: 'batch', listeners: [] }, ...streams },
      ...listeners.map((own) => ({ udp: { transport: 'batch' as const, listeners: own }, tcp: [], tls: [] })),
    ],
    batching: true,
    closeListeners: () => closeAll(libc, listeners),
  };
}

/** For each thread a socket at each address; they share the port, and the kernel keeps a client with one of them. */
function openListeners(libc: Libc, endpoints: Endpoints, threads: number): OpenListener[][] {
  const scratch = newScratch(libc);
  const opened: OpenListener[][] = [];
  for (let thread = 0; thread < threads; thread++) {
    const own: OpenListener[] = [];
    opened.push(own);
    for (const at of endpoints.udp) {
      try {
        own.push({ fd: openSocket(libc, scratch, at, 'listener'), address: at });
      } catch (error) {
        closeAll(libc, opened);
        const code = (error as NodeJS.ErrnoException).code ?? String(error);
        throw startError(code, { kind: 'udp', address: at }, endpoints);
      }
    }
  }
  return opened;
}

function closeAll(libc: Libc, listeners: readonly (readonly OpenListener[])[]): void {
  for (const { fd } of listeners.flat()) libc.close(fd);
}

function streamPlan(config: TurnConfig, endpoints: Endpoints, bridge: Bridge): Omit<ThreadPlan, 'udp'> {
  const at = (port: number | undefined): Address[] =>
    port === undefined ? [] : endpoints.ips.map((ip) => address(ip, port));
  return {
    bridge,
    tcp: at(endpoints.port),
    tls: config.tls ? at(endpoints.tlsPort) : [],
    ...(config.tls && { certificate: config.tls }),
  };
}
