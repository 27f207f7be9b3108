/** The WebSocket endpoint: who may open one, and what it then hears. */
import { upgradeWebSocket } from '@hono/node-server';
import type { Context, Hono } from 'hono';
import type { WSContext } from 'hono/ws';
import type { BlockList } from 'node:net';
import { WebSocket } from 'ws';
import type { Sessions } from '../auth/sessions.ts';
import { clientOf, sourceOf, type ServerEnv } from '../http/client.ts';
import { originAccepted, type OriginRule } from '../http/origin.ts';
import { refusalAnswer } from '../http/serve-routes.ts';
import { scaled, type TokenBuckets } from '../limits/token-buckets.ts';
import type { Log } from '../log.ts';
import type { Me } from '../protocol/http.ts';
import { CLOSE } from '../protocol/socket.ts';
import { PROTOCOL_VERSION, SOCKET_PATH } from '../protocol/version.ts';
import { Connection } from './connection.ts';
import type { Gateway } from './gateway.ts';

export interface SocketSurroundings {
  readonly gateway: Gateway;
  readonly sessions: Sessions;
  readonly origins: OriginRule;
  readonly proxies: BlockList;
  readonly buckets: TokenBuckets;
  readonly rateFactor: number;
  readonly log: Log;
  readonly now: () => number;
}

const UPGRADE_RATE = { burst: 60, perSecond: 5 };

export function serveSocket(app: Hono<ServerEnv>, around: SocketSurroundings): void {
  app.get(SOCKET_PATH, async (context, next) => {
    const client = clientOf(context, around.proxies);
    if (!originAccepted(around.origins, context.req.header('origin'), client.host)) {
      return refusalAnswer(context, { code: 'origin-refused' });
    }
    const rate = scaled(UPGRADE_RATE, around.rateFactor);
    const wait = around.buckets.take(`socket ${sourceOf(client.address)}`, rate);
    if (wait > 0) return refusalAnswer(context, { code: 'rate-limited', retryAfter: wait });
    const me = client.token === null ? null : await around.sessions.authenticate(client.token);
    return upgradeWebSocket(events(context, me, around))(context, next);
  });
}

/** A browser cannot read why an upgrade was refused, so what a page must know is said by a close code. */
function events(context: Context, me: Me | null, around: SocketSurroundings) {
  const isOurVersion = versionOf(context) === String(PROTOCOL_VERSION);
  return () => ({
    onOpen: (_event: Event, socket: WSContext) => {
      if (!isOurVersion) socket.close(CLOSE.protocolVersion);
      else if (me === null) socket.close(CLOSE.signedOut);
      else serve(rawSocket(socket), me, around);
    },
  });
}

function serve(socket: WebSocket, me: Me, { gateway, log, now }: SocketSurroundings): void {
  const connection = new Connection(socket, me.id, me.deviceId, now());
  const failed = (error: unknown) => log.error({ err: error }, 'A socket failed');
  // Hono's own listeners, which it adds right after this, would keep the whole upgrade request in memory as long as the
  // socket lives: more than all the rest of it.
  queueMicrotask(() => {
    socket.removeAllListeners();
    socket.on('message', (data: Buffer, isBinary) => {
      gateway.receive(connection, isBinary ? null : data.toString('utf8')).catch(failed);
    });
    socket.on('close', (code) => gateway.close(connection, code));
    // `ws` closes the socket by itself; the close says the rest.
    socket.on('error', (error) => log.debug({ err: error }, 'A socket broke'));
  });
  gateway.open(connection).catch(failed);
}

const versionOf = (context: Context) => context.req.query('v');

function rawSocket(context: WSContext): WebSocket {
  if (context.raw instanceof WebSocket) return context.raw;
  throw new Error('The server runs on another WebSocket library than this is written for');
}
