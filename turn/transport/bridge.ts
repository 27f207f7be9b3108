/**
 * Carries connections that the main thread took (the page's own HTTPS port) to the relay's thread, which cannot be
 * handed a socket: through a local one, so that slow readers are felt at both ends. The first line says who it is.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';

/** The two ends of a carried connection, as text. */
export interface Ends {
  readonly client: string;
  readonly clientPort: number;
  readonly server: string;
  readonly serverPort: number;
}

const MAX_LINE_BYTES = 512;
const NEWLINE = 10;

/** A name for the local socket that only this user can open, and how to take it away again. */
export function bridgeName(): { path: string; remove: () => void } {
  if (process.platform === 'win32') {
    return { path: `\\\\.\\pipe\\holler-turn-${randomBytes(12).toString('hex')}`, remove: () => undefined };
  }
  const folder = mkdtempSync(join(tmpdir(), 'holler-turn-'));
  return { path: join(folder, 'relay'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The main thread's end. */
export function carry(path: string, socket: Socket): void {
  const ends: Ends = {
    client: plain(socket.remoteAddress),
    clientPort: socket.remotePort ?? 0,
    server: plain(socket.localAddress),
    serverPort: socket.localPort ?? 0,
  };
  const local = connect(path);
  local.write(`${JSON.stringify(ends)}\n`);
  socket.pipe(local).pipe(socket);
  for (const [one, other] of [
    [socket, local],
    [local, socket],
  ] as const) {
    // Whichever end goes first takes the other with it; why it went is of no use to anyone.
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}

/** The relay thread's end. */
export async function takeFrom(path: string, accept: (socket: Socket, ends: Ends) => void): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    readLine(socket, (line) => accept(socket, JSON.parse(line) as Ends));
  });
  server.listen(path);
  await once(server, 'listening');
  return server;
}

function readLine(socket: Socket, done: (line: string) => void): void {
  let seen = Buffer.alloc(0);
  const read = (chunk: Buffer): void => {
    seen = Buffer.concat([seen, chunk]);
    const end = seen.indexOf(NEWLINE);
    if (end < 0) {
      if (seen.length > MAX_LINE_BYTES) socket.destroy();
      return;
    }
    socket.off('data', read);
    socket.pause();
    const rest = seen.subarray(end + 1);
    if (rest.length > 0) socket.unshift(rest);
    done(seen.toString('utf8', 0, end));
    socket.resume();
  };
  socket.on('data', read);
}

/** A socket that listens for both families says IPv4 addresses in their mapped form. */
function plain(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/, '');
}
