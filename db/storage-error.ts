/** The few ways in which a database fails that callers can do something about. */

export type StorageProblem =
  /** Not now: it is down, starting, the connection was lost, or it gave up one of two that waited for each other. */
  | 'unavailable'
  /** No space left to write. */
  | 'full'
  /** A unique constraint; `constraint` names it. */
  | 'conflict';

export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly problem: StorageProblem;
  readonly constraint: string | undefined;

  constructor(problem: StorageProblem, cause: unknown, constraint?: string) {
    super(`The database is in trouble: ${problem}`, { cause });
    this.problem = problem;
    this.constraint = constraint;
  }
}

const FULL = new Set(['53100', 'ENOSPC', 'EDQUOT']);
const CONFLICT = '23505';

// PostgreSQL's class 08 (connection), 40P01 (deadlock), 53300 (too many of them), 57P (shutting down, starting, crashed), 58030 (I/O).
const UNAVAILABLE =
  /^(?:08...|40P01|53300|57P0[1-5]|58030|ECONN[A-Z]+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT)$/;
// The driver gives these no code.
const LOST =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** Turns what driver and query builder throw into a StorageError where it is one; anything else is a bug and stays as it is. */
export function storageErrorFrom(error: unknown): unknown {
  if (error instanceof StorageError) return error;
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const { code, constraint } = cause as Error & { code?: unknown; constraint?: unknown };
    const text = typeof code === 'string' ? code : '';
    if (FULL.has(text)) return new StorageError('full', error);
    if (text === CONFLICT) {
      return new StorageError('conflict', error, typeof constraint === 'string' ? constraint : undefined);
    }
    if (UNAVAILABLE.test(text) || LOST.test(cause.message)) return new StorageError('unavailable', error);
  }
  return error;
}

/** Whether the server is done with the connection on which this was thrown. */
export function endsConnection(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { severity } = cause as Error & { severity?: unknown };
    if (severity === 'FATAL' || severity === 'PANIC') return true;
  }
  return false;
}

/** Whether `error` says that the unique constraint `constraint` was hit. */
export function isConflict(error: unknown, constraint: string): boolean {
  return error instanceof StorageError && error.problem === 'conflict' && error.constraint === constraint;
}
