/** One TLS port for the page and for TURN: the first byte that a client says tells which it came for. */
import type { Server, TLSSocket } from 'node:tls';

/** A connection that says nothing is not kept for longer. */
const SILENCE_MS = 10_000;
/** Every TURN request begins with a zero byte, and no HTTP method does. */
const STUN_FIRST_BYTE = 0;

/** Gives TURN's connections to `take`, and leaves all others to whoever listened before. */
export function sharePort(server: Server, take: (socket: TLSSocket) => void): void {
  const others = server.listeners('secureConnection') as ((socket: TLSSocket) => void)[];
  server.removeAllListeners('secureConnection');
  server.on('secureConnection', (socket: TLSSocket) => {
    const silence = setTimeout(() => socket.destroy(), SILENCE_MS);
    const fail = (): void => void socket.destroy();
    socket.once('error', fail);
    socket.once('close', () => clearTimeout(silence));
    peek(socket, (first) => {
      clearTimeout(silence);
      socket.off('error', fail);
      if (first === STUN_FIRST_BYTE) take(socket);
      else for (const listener of others) listener.call(server, socket);
    });
  });
}

/** Looks at the first byte and puts it back. */
function peek(socket: TLSSocket, done: (first: number) => void): void {
  const look = (): void => {
    const chunk: unknown = socket.read();
    if (!(chunk instanceof Uint8Array) || chunk.length === 0) {
      socket.once('readable', look);
      return;
    }
    socket.unshift(chunk);
    done(chunk[0]!);
  };
  socket.once('readable', look);
}
