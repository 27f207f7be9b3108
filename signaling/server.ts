/** Starts everything in order, and ends it in the opposite one. */
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { once } from 'node:events';
import { access, constants, mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type ServerType, type WebSocketServerLike } from '@hono/node-server';
import { WebSocketServer } from 'ws';
import { openDatabase, type Database } from '../db/client.ts';
import { StorageError } from '../db/storage-error.ts';
import { createApp } from './app.ts';
import { createOpaqueServer, newOpaqueSetup } from './auth/opaque.ts';
import type { Config } from './config.ts';
import { newSecret } from './ids.ts';
import type { Log } from './log.ts';
import { LIMITS } from './protocol/limits.ts';
import { CLOSE } from './protocol/socket.ts';
import { keptSecret } from './secrets.ts';
import { createServices, type Services } from './services.ts';
import { startHeartbeat } from './socket/heartbeat.ts';
import { StartError } from './start-error.ts';
import { tlsFiles, type TlsFiles } from './tls.ts';
import { startUpkeep, upkeep } from './upkeep.ts';

/** What the server needs of the bundled relay. */
export interface BundledRelay {
  readonly port: number;
  readonly tlsPort: number | undefined;
  /** Serves TURN on the page's own TLS port, too. */
  sharePort(server: HttpsServer): void;
  /** Takes nobody new, and resolves when the last one has gone or the time is up. */
  drain(deadlineMs: number): Promise<void>;
  metrics(): string;
  close(): Promise<void>;
}

export interface ServerNeeds {
  readonly config: Config;
  readonly log: Log;
  readonly version: string;
  readonly webRoot: string;
  readonly startRelay: (secret: string, tls: TlsFiles | null) => Promise<BundledRelay | null>;
  readonly now?: () => number;
}

export interface RunningServer {
  readonly url: string;
  /** What is done every few minutes, now. */
  tidy(): Promise<void>;
  stop(): Promise<void>;
}

/** Sockets that do not close by then are cut. */
const DRAIN_MS = 3_000;

export async function startServer(needs: ServerNeeds): Promise<RunningServer> {
  const { config, log } = needs;
  const now = needs.now ?? Date.now;
  await checkFolder(config.DATA_DIR);
  const db = await openOrSay(config, log);
  const opened: (() => Promise<void>)[] = [() => db.close()];
  try {
    const secret = config.TURN_SECRET?.[0] ?? (await keptSecret(config.DATA_DIR, 'turn-secret', newSecret));
    const setup = await keptSecret(config.DATA_DIR, 'opaque-setup', newOpaqueSetup);
    const tls = await tlsFiles(config, now());
    const relay = await needs.startRelay(secret, tls);
    if (relay !== null) {
      opened.push(async () => {
        await relay.drain(DRAIN_MS);
        await relay.close();
      });
    }
    const services = createServices({
      config,
      db,
      log,
      now,
      version: needs.version,
      turnSecret: secret,
      opaque: await createOpaqueServer(setup),
      turn: {
        port: relay?.port ?? 0,
        tlsPort: relay?.tlsPort,
        sharedPort: relay !== null && tls !== null ? config.PORT : undefined,
      },
    });
    const app = createApp({ ...needs, db, services, now, turnMetrics: () => relay?.metrics() ?? '' });
    const server = createHttp(app.fetch, tls);
    if (tls !== null) relay?.sharePort(server as HttpsServer);
    const tidy = () => upkeep({ ...services, db, now, mailboxDays: config.MAILBOX_DAYS });
    const stopUpkeep = startUpkeep(tidy, log);
    const stopHeartbeat = startHeartbeat(services.hub, now);
    opened.push(() => {
      stopUpkeep();
      stopHeartbeat();
      return closeHttp(server, services, log);
    });
    const port = await listen(server, config);
    return { url: urlOf(config, port, tls !== null), tidy, stop: () => closeAll(opened) };
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

async function closeAll(opened: (() => Promise<void>)[]): Promise<void> {
  for (const close of opened.toReversed()) await close();
}

async function checkFolder(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await access(dataDir, constants.W_OK | constants.X_OK);
}

async function openOrSay(config: Config, log: Log): Promise<Database> {
  const url = config.DATABASE_URL ?? null;
  try {
    return await openDatabase({
      url,
      dataDir: config.DATA_DIR,
      onConnectionLost: (error) => log.warn({ err: error }, 'The connection to the database was lost'),
    });
  } catch (error) {
    if (url === null || !(error instanceof StorageError)) throw error;
    throw new StartError('DATABASE_URL: the database there does not answer.', { cause: error });
  }
}

function createHttp(
  fetch: Parameters<typeof createAdaptorServer>[0]['fetch'],
  tls: TlsFiles | null,
): ServerType {
  const options = {
    noServer: true,
    perMessageDeflate: false,
    // The hub knows them.
    clientTracking: false,
    // A frame a little too large gets a typed error; one that is far too large ends the socket unread.
    maxPayload: 2 * LIMITS.socketFrameBytes,
  };
  // It is the library that hono's own types describe, in words of their own.
  const websocket = { server: new WebSocketServer(options) as unknown as WebSocketServerLike };
  return tls === null
    ? createAdaptorServer({ fetch, websocket })
    : createAdaptorServer({ fetch, websocket, createServer: createHttpsServer, serverOptions: tls });
}

async function listen(server: ServerType, config: Config): Promise<number> {
  server.listen(config.PORT, config.HOST);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function urlOf(config: Config, port: number, secure: boolean): string {
  if (config.PUBLIC_URL !== undefined) return config.PUBLIC_URL;
  const everywhere = config.HOST === '0.0.0.0' || config.HOST === '::';
  const host = config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST;
  return `${secure ? 'https' : 'http'}://${everywhere ? 'localhost' : host}:${port}`;
}

/** Tells every socket to come back, and waits a moment for them and for requests under way. */
async function closeHttp(server: ServerType, services: Services, log: Log): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  await services.gateway
    .stop()
    .catch((error: unknown) => log.warn({ err: error }, 'Last-seen times were not kept'));
  for (const connection of services.hub.all()) connection.close(CLOSE.restarting);
  if ('closeIdleConnections' in server) server.closeIdleConnections();
  const cut = setTimeout(() => {
    for (const connection of services.hub.all()) connection.terminate();
    if ('closeAllConnections' in server) server.closeAllConnections();
  }, DRAIN_MS);
  await closed;
  clearTimeout(cut);
}
