/** Starts a relay thread from compiled JavaScript, and in development from TypeScript through tsx. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { RelayWorkerData } from './relay-worker.ts';
import type { WorkerMessage } from './worker-messages.ts';

export interface RelayThread {
  readonly worker: Worker;
  /** It listens, or why it cannot. */
  readonly word: Promise<FirstWord>;
  /** Its end; with the error that nobody caught, if there was one. */
  readonly exit: Promise<Error | undefined>;
}
type FirstWord = Exclude<WorkerMessage, { type: 'bug' }> | { readonly type: 'died'; readonly cause?: Error };

export function spawnRelay(workerData: RelayWorkerData): RelayThread {
  const fromSource = import.meta.url.endsWith('.ts');
  const url = new URL(`./relay-worker${fromSource ? '.ts' : '.js'}`, import.meta.url);
  const worker = fromSource
    ? new Worker(throughTsx(url), { workerData, eval: true })
    : new Worker(url, { workerData });
  const exit = new Promise<Error | undefined>((resolve) => {
    let cause: Error | undefined;
    worker.once('error', (error) => (cause = error as Error));
    worker.once('exit', () => resolve(cause));
  });
  const word = new Promise<FirstWord>((resolve) => {
    worker.on('message', (message: WorkerMessage) => {
      // A bug is the log's affair; it does not say whether the thread listens.
      if (message.type !== 'bug') resolve(message);
    });
    void exit.then((cause) => resolve({ type: 'died', ...(cause && { cause }) }));
  });
  return { worker, word, exit };
}

/** Node 20 does not hand loaders on to threads, so the thread registers tsx itself before it loads the file. */
function throughTsx(url: URL): string {
  const home = dirname(createRequire(import.meta.url).resolve('tsx/package.json'));
  const tsx = pathToFileURL(join(home, 'dist/esm/api/index.mjs')).href;
  return `import('${tsx}').then((tsx) => { tsx.register(); return import('${url.href}'); });`;
}
