/** Why the server cannot start, as one sentence for whoever starts it. */
import { FolderLockedError } from '../db/folder-lock.ts';
import { StorageError } from '../db/storage-error.ts';

export class StartError extends Error {
  override readonly name = 'StartError';
}

/** The sentence for `error`, or null when it is not among the expected ones. */
export function startSentence(
  error: unknown,
  settings: { host: string; port: number; dataDir: string },
): string | null {
  if (error instanceof StartError || error instanceof FolderLockedError) return error.message;
  if (error instanceof StorageError && error.problem === 'full') return 'DATA_DIR: no space is left there.';
  const { code, path } = error as NodeJS.ErrnoException;
  const { host, port, dataDir } = settings;
  switch (code) {
    case 'EADDRINUSE':
      return `PORT: ${port} is in use by another program; set PORT to a free one.`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return path === undefined
        ? `PORT: this user may not listen on ${port}.`
        : `DATA_DIR: ${dataDir} cannot be written (${code} at ${path}).`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `DATA_DIR: ${dataDir} is not a folder.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST: ${host} is not an address of this machine.`;
    default:
      return null;
  }
}
