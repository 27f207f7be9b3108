/** Talks to the server's HTTP API: every answer is checked by its schema, every failure becomes a code. */
import * as v from 'valibot';
import { errorBodySchema } from '../../../signaling/protocol/errors.ts';
import { PROTOCOL_HEADER, PROTOCOL_VERSION } from '../../../signaling/protocol/version.ts';
import type { Failure, Result } from '../model.ts';
import type { Platform } from '../platform.ts';
import { DONE, fail, ok } from '../result.ts';

const TIMEOUT = 15_000;

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Http {
  /** For answers with a body. */
  ask<S extends v.GenericSchema>(
    method: Method,
    path: string,
    answer: S,
    body?: unknown,
  ): Promise<Result<v.InferOutput<S>>>;
  /** For answers without one. */
  tell(method: Method, path: string, body?: unknown): Promise<Result>;
}

export function createHttp({ fetch: request, timers }: Pick<Platform, 'fetch' | 'timers'>): Http {
  /** Answers with the body's text; the time is for that, too, since it may break off without an end. */
  async function send(method: Method, path: string, body: unknown): Promise<Result<string>> {
    const abort = new AbortController();
    const cancel = timers.after(TIMEOUT, () => abort.abort());
    try {
      const response = await request(path, {
        method,
        headers: {
          [PROTOCOL_HEADER]: String(PROTOCOL_VERSION),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        credentials: 'same-origin',
        cache: 'no-store',
        signal: abort.signal,
      });
      const text = await response.text();
      return response.ok ? ok(text) : { ok: false, failure: failureOf(response.status, text) };
    } catch {
      return fail('network');
    } finally {
      cancel();
    }
  }

  return {
    async ask(method, path, answer, body) {
      const sent = await send(method, path, body);
      if (!sent.ok) return sent;
      const parsed = v.safeParse(answer, jsonOf(sent.value));
      return parsed.success ? ok(parsed.output) : fail('internal');
    },
    async tell(method, path, body) {
      const sent = await send(method, path, body);
      return sent.ok ? DONE : sent;
    },
  };
}

/** Undefined, which no schema takes, if it is not JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failureOf(status: number, text: string): Failure {
  const parsed = v.safeParse(errorBodySchema, jsonOf(text));
  if (parsed.success) {
    const { code, retryAfter } = parsed.output.error;
    return retryAfter === undefined ? { code } : { code, retryAfter };
  }
  // Not our server speaking but a proxy before it, or a server of another age.
  if (status === 401) return { code: 'unauthenticated' };
  if (status === 413) return { code: 'too-large' };
  if (status === 429) return { code: 'rate-limited' };
  return { code: status >= 500 ? 'unavailable' : 'internal' };
}
