/** Puts the list of routes onto Hono: every check that all of them share happens here, in one order. */
import type { Context, Hono } from 'hono';
import * as v from 'valibot';
import type { BlockList } from 'node:net';
import { scaled, type TokenBuckets } from '../limits/token-buckets.ts';
import type { Log } from '../log.ts';
import { ok, refuse, type Outcome, type Refusal } from '../outcome.ts';
import type { ErrorBody } from '../protocol/errors.ts';
import type { Me } from '../protocol/http.ts';
import { PROTOCOL_HEADER, PROTOCOL_VERSION } from '../protocol/version.ts';
import { clientOf, sourceOf, type ServerEnv } from './client.ts';
import { dropSessionCookie, setSessionCookie } from './cookie.ts';
import { originAccepted, type OriginRule } from './origin.ts';
import type { Call, Client, Route } from './route.ts';
import { refusalOf } from './refusal.ts';
import { MESSAGES, STATUS } from './status.ts';

export interface RouteSurroundings {
  readonly origins: OriginRule;
  readonly proxies: BlockList;
  readonly buckets: TokenBuckets;
  readonly rateFactor: number;
  readonly cookieMaxAgeSeconds: number;
  readonly log: Log;
  /** Who holds this session token; null if nobody does any more. */
  authenticate(token: string): Promise<Me | null>;
}

type ServerContext = Context<ServerEnv>;

export function serveRoutes(app: Hono<ServerEnv>, routes: readonly Route[], around: RouteSurroundings): void {
  for (const route of routes) {
    app.on(route.method, route.path, async (context) => {
      const client = clientOf(context, around.proxies);
      const checked = await checkedCall(context, route, client, around);
      if (!checked.ok) return refusalAnswer(context, checked.refusal);
      const answer = await route.handle(checked.value);
      if (answer.session === null) dropSessionCookie(context, client.secure);
      else if (answer.session !== undefined) {
        setSessionCookie(context, client.secure, answer.session, around.cookieMaxAgeSeconds);
      }
      if (!answer.ok) return refusalAnswer(context, answer.refusal);
      if (route.answer === null) return context.body(null, 204);
      return context.json(answer.value as object, route.status as 200);
    });
  }
}

/** In this order: cheap before dear, and nothing is read from a request that another site sent. */
async function checkedCall(
  context: ServerContext,
  route: Route,
  client: Client,
  around: RouteSurroundings,
): Promise<Outcome<Call<unknown, Me | null>>> {
  const version = context.req.header(PROTOCOL_HEADER);
  // A page of another version must still be able to learn which one the server speaks.
  if (version !== undefined && version !== String(PROTOCOL_VERSION) && route.path !== '/api/info') {
    return refuse('protocol-version');
  }
  if (route.method !== 'GET' && !originAccepted(around.origins, context.req.header('origin'), client.host)) {
    return refuse('origin-refused');
  }
  const me = route.access === 'anyone' ? null : await signedIn(route, client, around);
  if (me !== null && 'refusal' in me) return me;
  const wait = around.buckets.take(
    `${route.method} ${route.path} ${me?.id ?? sourceOf(client.address)}`,
    scaled(route.rate, around.rateFactor),
  );
  if (wait > 0) return refuse('rate-limited', wait);
  const body = route.body === null ? ok(undefined) : await bodyOf(context, route.body, route.bodyBytes);
  if (!body.ok) return body;
  return ok({ body: body.value, params: context.req.param(), client, me });
}

async function signedIn(
  route: Route,
  client: Client,
  around: RouteSurroundings,
): Promise<Me | Extract<Outcome<never>, { ok: false }>> {
  const refused = (code: 'unauthenticated' | 'forbidden') => ({ ok: false, refusal: { code } }) as const;
  const me = client.token === null ? null : await around.authenticate(client.token);
  if (me === null) return refused('unauthenticated');
  return route.access === 'account' && me.kind === 'guest' ? refused('forbidden') : me;
}

async function bodyOf(
  context: ServerContext,
  schema: v.GenericSchema,
  atMost: number,
): Promise<Outcome<unknown>> {
  const text = await textOf(context.req.raw, atMost);
  if (text === null) return refuse('too-large');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refuse('bad-request');
  }
  // To valibot a list is an object too.
  if (Array.isArray(json)) return refuse('bad-request');
  const parsed = v.safeParse(schema, json);
  return parsed.success ? ok(parsed.output) : refuse('bad-request');
}

/** The body, or null as soon as it is longer than allowed, whatever its header promised. */
async function textOf(request: Request, atMost: number): Promise<string | null> {
  if (Number(request.headers.get('content-length') ?? 0) > atMost) return null;
  if (request.body === null) return '';
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of request.body) {
    length += part.byteLength;
    if (length > atMost) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

export function refusalAnswer(context: Context, refusal: Refusal): Response {
  const { code, retryAfter } = refusal;
  const body: ErrorBody = {
    error: { code, message: MESSAGES[code], ...(retryAfter !== undefined && { retryAfter }) },
  };
  if (retryAfter !== undefined) context.header('Retry-After', String(retryAfter));
  return context.json(body, STATUS[code]);
}

/** The last resort: what was thrown. A database in trouble is expected; anything else is a bug, and logged whole. */
export function thrownAnswer(context: Context, error: unknown, log: Log): Response {
  const refusal = refusalOf(error);
  const fields = { err: error, method: context.req.method, path: context.req.routePath };
  if (refusal.code === 'internal') log.error(fields, 'A request failed');
  else log.warn({ code: refusal.code, ...fields }, 'The database refused a request');
  return refusalAnswer(context, refusal);
}
