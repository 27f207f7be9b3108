/**
 * One relay thread. The first serves TCP and TLS clients; UDP ones are served by it where batching is not to be
 * had, else by threads of their own. A thread owns its sockets; it is stopped through the ledger.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Address } from '../stun/address.ts';
import { BatchTransport, type OpenListener } from '../transport/batch.ts';
import { Descriptors } from '../transport/descriptors.ts';
import { DgramTransport } from '../transport/dgram.ts';
import type { Bridge } from '../transport/bridge.ts';
import { loadLibc } from '../transport/libc.ts';
import { StreamServer, type TlsFiles } from '../transport/stream-server.ts';
import { systemClock } from '../transport/transport.ts';
import { Engine } from './engine.ts';
import type { RelayMemory } from './memory.ts';
import type { Settings } from './settings.ts';
import type { Listening, NewSettings, WorkerMessage } from './worker-messages.ts';

export interface RelayWorkerData extends RelayMemory {
  readonly settings: Settings;
  readonly thread: number;
  readonly udp: UdpPlan;
  readonly tcp: readonly Address[];
  readonly tls: readonly Address[];
  readonly certificate?: TlsFiles;
  /** Where the main thread hands over connections from the page's port. */
  readonly bridge?: Bridge;
}

/** With batching the process has opened the sockets that this thread serves. */
type UdpPlan =
  | { readonly transport: 'batch'; readonly listeners: readonly OpenListener[] }
  | { readonly transport: 'dgram'; readonly addresses: readonly Address[] };

const TICK_MS = 250;
const data = workerData as RelayWorkerData;
const servesStreams = data.tcp.length + data.tls.length > 0;

const transport = openTransport();
const engine: Engine = new Engine({ ...data, clock: systemClock, opener: transport });
const streams = new StreamServer(engine, data.settings.limits.streams);

function openTransport(): BatchTransport | DgramTransport {
  if (data.udp.transport === 'dgram') return new DgramTransport(() => engine);
  const libc = loadLibc();
  if (!libc) throw new Error('koffi loads on the main thread, but not on this one');
  const descriptors = new Descriptors(data.descriptors, data.thread);
  return new BatchTransport({ libc, engine: () => engine, descriptors, mayWait: !servesStreams });
}

function report(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

// One packet that we fail on must not cost everyone else their relay: its sockets would stay, and nobody read them.
process.on('uncaughtException', (error) => report({ type: 'bug', stack: error.stack ?? String(error) }));
parentPort?.on('message', ({ settings }: NewSettings) => engine.update(settings));

/** Opens everything or reports what could not be. */
async function listen(): Promise<void> {
  const datagrams = data.udp.transport === 'dgram' ? data.udp.addresses : [];
  const opened = data.udp.transport === 'batch' ? data.udp.listeners : [];
  const wanted: Listening[] = [
    ...data.tcp.map((address) => ({ kind: 'tcp' as const, address })),
    ...data.tls.map((address) => ({ kind: 'tls' as const, address })),
    ...datagrams.map((address) => ({ kind: 'udp' as const, address })),
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
  if (transport instanceof BatchTransport) for (const listener of opened) transport.listen(listener);
  report({ type: 'ready' });
}

async function open({ kind, address }: Listening): Promise<void> {
  if (kind !== 'udp') await streams.listen(address, kind === 'tls' ? data.certificate : undefined);
  else if (transport instanceof DgramTransport) await transport.listen(address);
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
