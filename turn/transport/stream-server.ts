/** Accepts TURN connections over TCP and TLS, up to a limit. */
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Engine } from '../server/engine.ts';
import { formatIp, parseAddress, type Address } from '../stun/address.ts';
import { takeFrom, type Bridge } from './bridge.ts';
import { StreamPath } from './stream.ts';

const HANDSHAKE_MS = 10_000;

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

export class StreamServer {
  readonly #engine: Engine;
  readonly #limit: number;
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();

  constructor(engine: Engine, limit: number) {
    this.#engine = engine;
    this.#limit = limit;
  }

  async listen(at: Address, tls?: TlsFiles): Promise<void> {
    const server = tls
      ? createTlsServer({ ...tls, handshakeTimeout: HANDSHAKE_MS }, (socket) =>
          this.#accept(socket, 'tls', at),
        )
      : createTcpServer((socket) => this.#accept(socket, 'tcp', at));
    // A failed handshake is the client's affair: the socket is closed already.
    server.on('tlsClientError', () => this.#engine.counters.add('malformed'));
    server.maxConnections = this.#limit;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(
        { host: formatIp(at.ip), port: at.port, ipv6Only: at.family === 6, exclusive: true },
        () => {
          server.removeListener('error', reject);
          resolve();
        },
      );
    });
    this.#servers.push(server);
  }

  /** Takes what the main thread accepted on the page's port. */
  async listenLocally(bridge: Bridge): Promise<void> {
    const server = await takeFrom(bridge, (socket, ends) => {
      const client = parseAddress(ends.client, ends.clientPort);
      const at = parseAddress(ends.server, ends.serverPort);
      if (client && at) this.#serve(socket, 'tls', client, at);
      else socket.destroy();
    });
    this.#servers.push(server);
  }

  close(): void {
    for (const server of this.#servers) server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket, protocol: 'tcp' | 'tls', server: Address): void {
    const client = parseAddress(socket.remoteAddress ?? '', socket.remotePort ?? 0);
    if (client) this.#serve(socket, protocol, client, server);
    else socket.destroy();
  }

  #serve(socket: Socket, protocol: 'tcp' | 'tls', client: Address, server: Address): void {
    if (this.#sockets.size >= this.#limit) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    this.#engine.counters.add('streams');
    socket.on('close', () => this.#sockets.delete(socket));
    void new StreamPath({ socket, engine: this.#engine, protocol, client, server });
  }
}
