/** The embedded database: PGlite on a thread of its own, spoken to in PostgreSQL's wire protocol through `pg`. */
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { ThreadStream } from './embedded-thread.ts';
import type { EngineFailure } from './engine.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { syncPath } from './sync.ts';

/** Opens `dataDir`/db, made first if there is none; throws a FolderLockedError that says who has it open. */
export async function openEmbedded(dataDir: string): Promise<pg.Pool> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const lock = await lockFolder(dataDir);
  try {
    if (!existsSync(join(dataDir, 'db'))) await create(dataDir);
    return new EmbeddedPool(join(dataDir, 'db'), lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Made aside and moved into place when it is whole and on disk. */
async function create(dataDir: string): Promise<void> {
  const unfinished = join(dataDir, 'db.new');
  await rm(unfinished, { recursive: true, force: true });
  await made(unfinished);
  await rename(unfinished, join(dataDir, 'db'));
  syncPath(dataDir);
}

/** By a process of its own: making a database needs three times the memory of running one. */
function made(folder: string): Promise<void> {
  const fromSource = import.meta.url.endsWith('.ts');
  const file = new URL(fromSource ? './embedded-maker.ts' : './embedded-maker.js', import.meta.url);
  return new Promise((resolve, reject) => {
    const maker = fork(fileURLToPath(file), [folder], { execArgv: fromSource ? ['--import', 'tsx'] : [] });
    maker.on('message', ({ code, message }: EngineFailure) =>
      reject(Object.assign(new Error(message), { code })),
    );
    maker.on('error', reject);
    maker.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`The process that makes the database ended with ${code}`));
    });
  });
}

/** A pool of the one connection that PGlite can have. Its thread ends with the connection and starts again with the next. */
class EmbeddedPool extends pg.Pool {
  private readonly afterEnd: () => Promise<void>;

  constructor(folder: string, lock: FolderLock) {
    let previous: Promise<void> = Promise.resolve();
    super({
      max: 1,
      idleTimeoutMillis: 0,
      user: 'postgres',
      database: 'postgres',
      stream: () => {
        const stream = new ThreadStream(folder, previous);
        previous = stream.ended;
        return stream as never;
      },
    });
    this.afterEnd = async () => {
      await previous;
      await lock.release();
    };
  }

  override async end(): Promise<void> {
    await super.end();
    await this.afterEnd();
  }
}
