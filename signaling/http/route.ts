/** What a route is. The same list of routes is served, described by OpenAPI, and walked by the authorisation test. */
import type * as v from 'valibot';
import type { Rate } from '../limits/token-buckets.ts';
import type { Outcome } from '../outcome.ts';
import type { Me } from '../protocol/http.ts';
import { LIMITS } from '../protocol/limits.ts';

export type Schema = v.GenericSchema;

/** Who may call: anyone; whoever is signed in; whoever has an account (no guest). */
export type Access = 'anyone' | 'signed-in' | 'account';

export interface Client {
  readonly address: string;
  /** The page was loaded over HTTPS, here or at a proxy in front. */
  readonly secure: boolean;
  /** Host name and port as the browser knows them. */
  readonly host: string;
  /** The session token that came with the request, valid or not. */
  readonly token: string | null;
}

export interface Call<Body, Who> {
  readonly body: Body;
  /** The values of `:name` parts of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly client: Client;
  readonly me: Who;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly summary: string;
  readonly access: Access;
  readonly status: 200 | 201 | 202 | 204;
  readonly body: Schema | null;
  /** The longest body. */
  readonly bodyBytes: number;
  readonly answer: Schema | null;
  /** Per person when signed in is asked for, else per address. */
  readonly rate: Rate;
  handle(call: Call<unknown, Me | null>): Promise<Answer>;
}

/** `session`: a token to put into the cookie; null takes the cookie away. */
type Answer = Outcome<unknown> & { readonly session?: string | null };

interface RouteForm<B extends Schema | undefined, A extends Schema | undefined, W extends Access> {
  readonly method: Route['method'];
  readonly path: string;
  readonly summary: string;
  readonly access: W;
  readonly status?: Route['status'];
  readonly body?: B;
  readonly bodyBytes?: number;
  readonly answer?: A;
  readonly rate?: Rate;
  readonly handle: (
    call: Call<B extends Schema ? v.InferOutput<B> : undefined, W extends 'anyone' ? null : Me>,
  ) => Promise<
    Outcome<A extends Schema ? v.InferOutput<A> : undefined> & { readonly session?: string | null }
  >;
}

const DEFAULT_RATE: Rate = { burst: 60, perSecond: 10 };

/** Fills in defaults and forgets the types, which have done their work by then: the server checks body and session first. */
export function route<
  const W extends Access,
  B extends Schema | undefined = undefined,
  A extends Schema | undefined = undefined,
>(form: RouteForm<B, A, W>): Route {
  return {
    method: form.method,
    path: form.path,
    summary: form.summary,
    access: form.access,
    status: form.status ?? (form.answer === undefined ? 204 : 200),
    body: form.body ?? null,
    bodyBytes: form.bodyBytes ?? LIMITS.httpBodyBytes,
    answer: form.answer ?? null,
    rate: form.rate ?? DEFAULT_RATE,
    handle: (call) => form.handle(call as never),
  };
}
