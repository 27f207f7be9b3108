/** The embedded database's thread as its owner sees it: started, spoken to like a socket, ended. */
import { Duplex } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { EngineFailure } from './engine.ts';

/** What the thread says: bytes of the protocol, or why it cannot go on. */
export type WorkerReport = { readonly opened: true } | { readonly failed: EngineFailure };

/** Of the thread's JavaScript alone: its garbage would otherwise grow to tens of megabytes before it is looked at. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 };

/** From the sources (tests, `npm run dev`) through tsx: Node 20 hands loaders on to no thread. */
function newThread(workerData: { folder: string }): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./embedded-worker.js', import.meta.url), { workerData, resourceLimits });
  }
  const tsx = import.meta.resolve?.('tsx/esm/api') ?? 'tsx/esm/api';
  const file = new URL('./embedded-worker.ts', import.meta.url).href;
  const boot = `import('${tsx}').then((tsx) => { tsx.register(); return import('${file}'); });`;
  return new Worker(boot, { workerData, resourceLimits, eval: true });
}

/** Looks like the socket that `pg` expects; the other end is the thread. */
export class ThreadStream extends Duplex {
  readonly ended: Promise<void>;
  private readonly worker: Promise<Worker>;
  private closing = false;

  constructor(folder: string, previous: Promise<void>) {
    super({ allowHalfOpen: false });
    let resolveEnded = () => {};
    this.ended = new Promise((resolve) => (resolveEnded = resolve));
    this.worker = previous.then(() => this.startThread(folder, resolveEnded));
  }

  private startThread(folder: string, onEnded: () => void): Worker {
    const worker = newThread({ folder });
    worker.on('message', (message: Uint8Array | WorkerReport) => {
      if (message instanceof Uint8Array)
        this.push(Buffer.from(message.buffer, message.byteOffset, message.byteLength));
      else if ('opened' in message) this.emit('connect');
      else this.destroy(Object.assign(new Error(message.failed.message), { code: message.failed.code }));
    });
    worker.on('error', (error) => this.destroy(error));
    worker.on('exit', () => {
      onEnded();
      this.destroy();
    });
    return worker;
  }

  override _read(): void {
    // The thread pushes when it has something.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.post(chunk, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.post(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  private post(bytes: Buffer, done: (error?: Error | null) => void): void {
    void this.worker.then((worker) => worker.postMessage(new Uint8Array(bytes)));
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    void this.closeThread();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    void this.closeThread();
    done(error);
  }

  private async closeThread(): Promise<void> {
    const worker = await this.worker;
    if (this.closing) return;
    this.closing = true;
    worker.postMessage('close');
  }

  // The parts of net.Socket that `pg` calls.
  connect(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    void this.worker.then((worker) => worker.ref());
    return this;
  }
  unref(): this {
    void this.worker.then((worker) => worker.unref());
    return this;
  }
}
