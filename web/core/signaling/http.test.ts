import * as v from 'valibot';
import { expect, it } from 'vitest';
import { createFakeTime } from '../../../tests/fakes/time.ts';
import { createHttp } from './http.ts';

const answer = v.object({ n: v.number() });
const error = (code: string, more: object = {}) => JSON.stringify({ error: { code, message: '', ...more } });

it.each<[string, () => Promise<Response>, object]>([
  ['an answer', async () => new Response('{"n":1}'), { ok: true, value: { n: 1 } }],
  [
    'another answer than agreed',
    async () => new Response('{"n":"1"}'),
    { ok: false, failure: { code: 'internal' } },
  ],
  ['no JSON', async () => new Response('<html>'), { ok: false, failure: { code: 'internal' } }],
  [
    'a refusal',
    async () => new Response(error('rate-limited', { retryAfter: 7 }), { status: 429 }),
    { ok: false, failure: { code: 'rate-limited', retryAfter: 7 } },
  ],
  [
    'a refusal of a code that we do not know',
    async () => new Response(error('unheard-of'), { status: 401 }),
    { ok: false, failure: { code: 'unauthenticated' } },
  ],
  [
    'a proxy',
    async () => new Response('bad gateway', { status: 502 }),
    { ok: false, failure: { code: 'unavailable' } },
  ],
  [
    'a proxy with a limit',
    async () => new Response('', { status: 413 }),
    { ok: false, failure: { code: 'too-large' } },
  ],
  ['no network', () => Promise.reject(new TypeError('failed')), { ok: false, failure: { code: 'network' } }],
])('%s', async (_name, fetch, expected) => {
  const { timers } = createFakeTime();
  expect(await createHttp({ fetch, timers }).ask('GET', '/x', answer)).toEqual(expected);
});

it('does not wait for ever for the rest of an answer', async () => {
  const time = createFakeTime();
  const http = createHttp({
    timers: time.timers,
    fetch: async (_path, { signal }) =>
      new Response(
        new ReadableStream({
          start(stream) {
            stream.enqueue(new TextEncoder().encode('{"n"'));
            signal?.addEventListener('abort', () => stream.error(new Error('aborted')));
          },
        }),
      ),
  });
  const asked = http.ask('GET', '/x', answer);
  await time.advance(15_000);
  expect(await asked).toEqual({ ok: false, failure: { code: 'network' } });
});

it('does not wait for ever', async () => {
  const time = createFakeTime();
  const http = createHttp({
    timers: time.timers,
    fetch: (_path, { signal }) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted')))),
  });
  const told = http.tell('POST', '/x', {});
  await time.advance(15_000);
  expect(await told).toEqual({ ok: false, failure: { code: 'network' } });
});
