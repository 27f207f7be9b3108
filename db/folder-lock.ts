/**
 * An exclusive lock on a folder, held by a listening local socket: the system drops it with the process, however that ends,
 * and whoever finds it taken can ask the holder who it is.
 */
import { randomBytes, createHash } from 'node:crypto';
import { once } from 'node:events';
import { link, realpath, rename, unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { hostname } from 'node:os';
import { join, relative } from 'node:path';

export interface FolderLock {
  release(): Promise<void>;
}

export class FolderLockedError extends Error {
  override readonly name = 'FolderLockedError';

  constructor(folder: string, holder: string) {
    super(`The data folder ${folder} is in use by ${holder}.`);
  }
}

const ANSWER_LIMIT_MS = 2_000;
const TAKEOVER_ATTEMPTS = 5;

export async function lockFolder(folder: string): Promise<FolderLock> {
  const real = await realpath(folder);
  return process.platform === 'win32' ? lockPipe(real) : lockSocket(real);
}

/** Windows: a named pipe has one server and goes with it. */
async function lockPipe(folder: string): Promise<FolderLock> {
  const name = `\\\\.\\pipe\\holler-${createHash('sha256').update(folder.toLowerCase()).digest('hex').slice(0, 32)}`;
  try {
    const server = await listen(name);
    return { release: () => close(server) };
  } catch (error) {
    throw codeOf(error) === 'EADDRINUSE'
      ? new FolderLockedError(folder, (await holderOf(name)) ?? 'another process')
      : error;
  }
}

/** Elsewhere: the socket's file outlives a killed process, so a file that nobody answers on is taken away. */
async function lockSocket(folder: string): Promise<FolderLock> {
  const own = socketPath(folder, `lock-${randomBytes(6).toString('hex')}`);
  const shared = socketPath(folder, 'lock');
  const server = await listen(own);
  try {
    // link() fails if the name exists: of two that start together one wins.
    await takeName(own, shared, folder);
    await unlink(own);
  } catch (error) {
    await close(server);
    throw error;
  }
  return {
    release: async () => {
      await unlink(shared);
      await close(server);
    },
  };
}

async function takeName(own: string, shared: string, folder: string): Promise<void> {
  for (let attempt = 0; attempt < TAKEOVER_ATTEMPTS; attempt++) {
    try {
      await link(own, shared);
      return;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const holder = await holderOf(shared);
    if (holder !== null) throw new FolderLockedError(folder, holder);
    await removeStale(shared);
  }
  throw new FolderLockedError(folder, 'several processes that start at the same time');
}

/** Takes the file aside before it looks again: another starter may have put a live one in its place meanwhile. */
async function removeStale(shared: string): Promise<void> {
  const aside = `${shared}-${randomBytes(3).toString('hex')}`;
  try {
    await rename(shared, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if ((await holderOf(aside)) === null) await unlink(aside);
  else await rename(aside, shared);
}

/** A local socket's path may have about 100 bytes, so the shorter of the absolute and the relative form is used. */
function socketPath(folder: string, name: string): string {
  const absolute = join(folder, name);
  const fromHere = relative(process.cwd(), absolute);
  return fromHere.length < absolute.length ? fromHere : absolute;
}

async function listen(path: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(`process ${process.pid} on ${hostname()}`);
  });
  server.listen(path);
  await once(server, 'listening');
  server.unref();
  return server;
}

/** What the holder says of itself; null if nobody listens there. */
function holderOf(path: string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(path);
    socket.setEncoding('utf8').setTimeout(ANSWER_LIMIT_MS, () => {
      socket.destroy();
      resolve('a process that does not answer');
    });
    socket.on('data', (part: string) => (text += part));
    socket.on('end', () => resolve(text));
    socket.on('error', (error) => {
      if (['ECONNREFUSED', 'ENOENT'].includes(codeOf(error) ?? '')) resolve(null);
      else reject(error);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
