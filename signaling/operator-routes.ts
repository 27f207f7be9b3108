/** What whoever runs the server asks it: is it alive, is it ready, and in numbers. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { BlockList } from 'node:net';
import type { Hono } from 'hono';
import type { Database } from '../db/client.ts';
import type { Config } from './config.ts';
import { clientOf, proxyList, type ServerEnv } from './http/client.ts';
import { refusalOf } from './http/refusal.ts';
import { refusalAnswer } from './http/serve-routes.ts';
import type { Log } from './log.ts';
import type { Services } from './services.ts';

export interface OperatorSurroundings {
  readonly config: Config;
  readonly db: Database;
  readonly services: Services;
  readonly log: Log;
  readonly proxies: BlockList;
  readonly turnMetrics: () => string;
}

const LOOPBACK = proxyList(['127.0.0.0/8', '::1']);

export function serveOperators(app: Hono<ServerEnv>, around: OperatorSurroundings): void {
  app.get('/healthz', (context) => context.text('ok\n'));
  app.get('/readyz', async (context) => {
    try {
      await around.db.ping();
      return context.text('ready\n');
    } catch (error) {
      around.log.warn({ err: error }, 'Not ready: the database does not answer');
      return refusalAnswer(context, refusalOf(error));
    }
  });
  app.get('/metrics', async (context) => {
    const { address } = clientOf(context, around.proxies);
    const family = address.includes(':') ? 'ipv6' : 'ipv4';
    const allowed =
      LOOPBACK.check(address, family) ||
      bearerMatches(around.config.METRICS_TOKEN, context.req.header('authorization'));
    if (!allowed) return refusalAnswer(context, { code: 'forbidden' });
    const text = await around.services.metrics.text();
    return context.text(`${text}${around.turnMetrics()}`);
  });
}

/** Compared by digest: the time then says nothing about the token. */
function bearerMatches(token: string | undefined, header: string | undefined): boolean {
  if (token === undefined || header === undefined) return false;
  const digest = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(`Bearer ${token}`), digest(header));
}
