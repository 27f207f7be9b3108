/**
 * One relay thread. The first serves TCP and TLS clients; UDP ones are served by it where batching is not to be
 * had, else by threads of their own. A thread owns its sockets; it is stopped through the ledger.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { LedgerMemory } from '../allocation/ledger.ts';
import type { Address } from '../stun/address.ts';
import { BatchTransport } from '../transport/batch.ts';
import { DgramTransport } from '../transport/dgram.ts';
import { loadLibc } from '../transport/libc.ts';
import { StreamServer, type TlsFiles } from '../transport/stream-server.ts';
import { systemClock } from '../transport/transport.ts';
import type { CountersMemory } from './counters.ts';
import { Engine } from './engine.ts';
import type { Settings } from './settings.ts';
import type { Listening, WorkerMessage } from './worker-messages.ts';

export interface RelayWorkerData {
  readonly settings: Settings;
  readonly ledger: LedgerMemory;
  readonly reservations: SharedArrayBuffer;
  readonly counters: CountersMemory;
  readonly thread: number;
  readonly transport: 'batch' | 'dgram';
  readonly udp: readonly Address[];
  readonly tcp: readonly Address[];
  readonly tls: readonly Address[];
  readonly certificate?: TlsFiles;
  /** Where the main thread hands over connections from the page's port. */
  readonly bridge?: string;
}

const TICK_MS = 250;
const data = workerData as RelayWorkerData;
const servesStreams = data.tcp.length + data.tls.length > 0;

const transport = openTransport();
const engine: Engine = new Engine({ ...data, clock: systemClock, opener: transport });
const streams = new StreamServer(engine, data.settings.limits.streams);

function openTransport(): BatchTransport | DgramTransport {
  const libc = data.transport === 'batch' ? loadLibc() : undefined;
  return libc ? new BatchTransport(libc, () => engine, !servesStreams) : new DgramTransport(() => engine);
}

function report(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

// One packet that we fail on must not cost everyone else their relay: its sockets would stay, and nobody read them.
process.on('uncaughtException', (error) => report({ type: 'bug', stack: error.stack ?? String(error) }));

/** Opens everything or reports what could not be. */
async function listen(): Promise<void> {
  const wanted: Listening[] = [
    ...data.tcp.map((address) => ({ kind: 'tcp' as const, address })),
    ...data.tls.map((address) => ({ kind: 'tls' as const, address })),
    ...data.udp.map((address) => ({ kind: 'udp' as const, address })),
  ];
  for (const listening of wanted) {
    try {
      await open(listening);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? String(error);
      report({ type: 'failed', listening, code });
      stop();
      return;
    }
  }
  if (data.bridge !== undefined) await streams.listenLocally(data.bridge);
  report({ type: 'ready' });
}

async function open({ kind, address }: Listening): Promise<void> {
  if (kind === 'udp') await transport.listen(address);
  else await streams.listen(address, kind === 'tls' ? data.certificate : undefined);
}

const ticker = setInterval(() => {
  if (engine.ledger.stopping) stop();
  else engine.tick();
}, TICK_MS);

function stop(): void {
  clearInterval(ticker);
  engine.close();
  streams.close();
  transport.close();
  parentPort?.close();
}

await listen();
