/** Opens PGlite on a folder with real durability, and says in one form why it could not. */
import { PGlite } from '@electric-sql/pglite';
import { DurableFolder } from './durable-folder.ts';

export function openEngine(folder: string): Promise<PGlite> {
  return PGlite.create({
    fs: new DurableFolder(folder),
    // `-F` is "never fsync". It never analyzes a table by itself, and believes then that reading and sorting all that
    // waits in a mailbox is cheaper than to follow its index, unless pages cost the same in any order, as they do here.
    startParams: PGlite.defaultStartParams
      .filter((parameter) => parameter !== '-F')
      .concat('-c', 'wal_sync_method=fsync', '-c', 'shared_buffers=16MB', '-c', 'random_page_cost=1.1'),
  });
}

export interface EngineFailure {
  readonly code: string;
  readonly message: string;
}

/** What Emscripten calls "no space left". */
const NO_SPACE = 51;

/** As a plain object, which can be sent to where it is handled. */
export function failureOf(error: unknown): EngineFailure {
  const { code, errno, message } = error as { code?: string; errno?: number; message?: string };
  const known = errno === NO_SPACE ? 'ENOSPC' : code;
  return { code: known ?? '58030', message: message ?? String(error) };
}
