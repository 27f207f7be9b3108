/** Starts a relay thread from compiled JavaScript, and in development from TypeScript through tsx. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { RelayWorkerData } from './relay-worker.ts';
import type { WorkerMessage } from './worker-messages.ts';

export function spawnRelay(workerData: RelayWorkerData): Worker {
  const fromSource = import.meta.url.endsWith('.ts');
  const url = new URL(`./relay-worker${fromSource ? '.ts' : '.js'}`, import.meta.url);
  if (!fromSource) return new Worker(url, { workerData });
  return new Worker(throughTsx(url), { workerData, eval: true });
}

/** Node 20 does not hand loaders on to threads, so the thread registers tsx itself before it loads the file. */
function throughTsx(url: URL): string {
  const home = dirname(createRequire(import.meta.url).resolve('tsx/package.json'));
  const tsx = pathToFileURL(join(home, 'dist/esm/api/index.mjs')).href;
  return `import('${tsx}').then((tsx) => { tsx.register(); return import('${url.href}'); });`;
}

/** Resolves with the thread's first word: it listens, or why it cannot. */
export function firstMessage(worker: Worker): Promise<WorkerMessage> {
  return new Promise((resolve, reject) => {
    worker.on('message', (message: WorkerMessage) => {
      // A bug is the log's affair; it does not say whether the thread listens.
      if (message.type !== 'bug') resolve(message);
    });
    worker.once('error', reject);
  });
}
