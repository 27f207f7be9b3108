/** The HTTP application: API, socket, page, and what operators ask for. */
import { Hono } from 'hono';
import type { Database } from '../db/client.ts';
import { SESSION_LIFETIME_MS } from './auth/sessions.ts';
import type { Config } from './config.ts';
import { clientOf, proxyList, type ServerEnv } from './http/client.ts';
import { securityHeaders } from './http/headers.ts';
import { openApi } from './http/openapi.ts';
import { refusalAnswer, serveRoutes, thrownAnswer } from './http/serve-routes.ts';
import { staticFiles } from './http/static-files.ts';
import type { Log } from './log.ts';
import { serveOperators } from './operator-routes.ts';
import type { Services } from './services.ts';
import { serveSocket } from './socket/socket-route.ts';

export interface AppNeeds {
  readonly config: Config;
  readonly db: Database;
  readonly services: Services;
  readonly log: Log;
  readonly version: string;
  readonly webRoot: string;
  readonly turnMetrics: () => string;
  readonly now: () => number;
}

export function createApp(needs: AppNeeds): Hono<ServerEnv> {
  const { config, services, log, now } = needs;
  const proxies = proxyList(config.TRUSTED_PROXIES);
  const shared = {
    origins: {
      allowed: new Set([
        ...(config.ALLOWED_ORIGINS ?? []),
        ...(config.PUBLIC_URL === undefined ? [] : [config.PUBLIC_URL]),
      ]),
    },
    proxies,
    buckets: services.buckets,
    rateFactor: config.RATE_LIMIT_FACTOR,
    log,
  };
  const app = new Hono<ServerEnv>();
  // Before everything else, so that not even an error goes without. The socket's answer has no page to protect.
  app.use(securityHeaders((context) => clientOf(context, proxies).secure));
  serveOperators(app, { ...needs, proxies });
  serveSocket(app, { ...shared, gateway: services.gateway, sessions: services.sessions, now });
  app.use('/api/*', async (context, next) => {
    const ended = services.metrics.httpSeconds.startTimer({ method: context.req.method });
    await next();
    context.res.headers.set('Cache-Control', 'no-store');
    ended({ route: context.req.routePath, status: String(context.res.status) });
  });
  const described = openApi(services.routes, needs.version);
  app.get('/api/openapi.json', (context) => context.json(described));
  serveRoutes(app, services.routes, {
    ...shared,
    cookieMaxAgeSeconds: SESSION_LIFETIME_MS / 1000,
    authenticate: (token) => services.sessions.authenticate(token),
  });
  app.all('/api/*', (context) => refusalAnswer(context, { code: 'not-found' }));
  app.on(['GET', 'HEAD'], '*', staticFiles(needs.webRoot));
  app.notFound((context) => refusalAnswer(context, { code: 'not-found' }));
  app.onError((error, context) => thrownAnswer(context, error, log));
  return app;
}
