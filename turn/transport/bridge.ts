/**
 * Carries connections that the main thread took (the page's own HTTPS port) to the relay's thread, which cannot be
 * handed a socket: through a local one, so that slow readers are felt at both ends. The first line says who it is, and
 * proves with a key that it comes from the main thread: on Linux the local socket has a name and no file, so that
 * nothing is left behind by a process that is killed, but any user of this host may connect to it.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
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

export interface Bridge {
  readonly path: string;
  readonly key: string;
}

const MAX_LINE_BYTES = 512;
const NEWLINE = 10;
const SILENCE_MS = 5000;
const KEY_BYTES = 24;

/** A new local socket's name, and how to take it away again. */
export function openBridge(): { bridge: Bridge; remove: () => void } {
  const key = randomBytes(KEY_BYTES).toString('base64url');
  const name = `holler-turn-${randomBytes(12).toString('hex')}`;
  if (process.platform === 'linux') return { bridge: { path: `\0${name}`, key }, remove: () => undefined };
  if (process.platform === 'win32') {
    return { bridge: { path: `\\\\.\\pipe\\${name}`, key }, remove: () => undefined };
  }
  const folder = mkdtempSync(join(tmpdir(), 'holler-turn-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  return { bridge: { path: join(folder, 'relay'), key }, remove };
}

/** The main thread's end. */
export function carry({ path, key }: Bridge, socket: Socket): void {
  const ends: Ends = {
    client: plain(socket.remoteAddress),
    clientPort: socket.remotePort ?? 0,
    server: plain(socket.localAddress),
    serverPort: socket.localPort ?? 0,
  };
  const local = connect(path);
  local.write(`${key} ${JSON.stringify(ends)}\n`);
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
export async function takeFrom(
  { path, key }: Bridge,
  accept: (socket: Socket, ends: Ends) => void,
): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.setTimeout(SILENCE_MS, () => socket.destroy());
    readLine(socket, (line) => {
      socket.setTimeout(0);
      const ends = readEnds(line, key);
      if (ends) accept(socket, ends);
      else socket.destroy();
    });
  });
  server.listen(path);
  await once(server, 'listening');
  return server;
}

/** Whoever knows the key is the main thread, whose words are taken as they are. */
function readEnds(line: string, key: string): Ends | undefined {
  const [given, expected] = [Buffer.from(line.slice(0, key.length)), Buffer.from(key)];
  const proven = given.length === expected.length && timingSafeEqual(given, expected);
  return proven ? (JSON.parse(line.slice(key.length)) as Ends) : undefined;
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
