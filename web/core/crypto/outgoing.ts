/**
 * Sends what the engine wants sent, one runner at a time, and tells it the answers. The engine keeps each request until
 * it was answered, so what cannot be sent now (no network) is tried again later and nothing is lost.
 */
import type * as Wasm from '@matrix-org/matrix-sdk-crypto-wasm';
import type * as v from 'valibot';
import type { keysQueryAnswerSchema } from '../../../signaling/protocol/keys.ts';
import { personOfEngineUser } from '../../../signaling/protocol/keys.ts';
import { backOffDelay } from '../back-off.ts';
import type { Failure, Result } from '../model.ts';
import type { Report, Timers } from '../platform.ts';
import { DONE, fail, isPassing, ok } from '../result.ts';
import type { Machine } from './machine.ts';
import { EngineBroken } from './machine.ts';
import type { Post } from './post.ts';
import { createTurns } from './turns.ts';
import type { KeyServer } from './key-server.ts';

type Query = Parameters<KeyServer['query']>[0];
type Queried = v.InferOutput<typeof keysQueryAnswerSchema>;

/** What the engine wants sent. Without an id it does not ask to be told the answer. */
type Request = Wasm.OutgoingRequest & { readonly id?: string | undefined };

interface Needs {
  readonly machine: Machine;
  readonly keys: KeyServer;
  readonly post: Post;
  readonly timers: Timers;
  /** From 0 up to 1. */
  readonly fraction: () => number;
  /** Devices of people, without those that their owner said are removed. */
  readonly withoutRemoved: (devices: Queried['device_keys']) => Queried['device_keys'];
  /** The engine was told that something was sent: verifications go on with that. */
  readonly onSent: () => void;
  /** Keys of these people were asked for and taken in. */
  readonly onQueried: (people: readonly string[], answer: Queried) => Promise<void>;
  /** The server has so many of this device's own keys now. */
  readonly onUploaded: (oneTimeKeys: number, withFallback: boolean) => void;
  /** The server has other keys of this device: the store that they are in is gone. */
  readonly onForeign: () => void;
  readonly report: Report;
}

export interface Outgoing {
  /** Until nothing is left to send. A failure is the last one met; what failed is tried again by itself. */
  flush(): Promise<Result>;
  send(request: Request): Promise<Result>;
  /** Runs this while nothing is being flushed. */
  between<T>(task: () => Promise<T>): Promise<T>;
  close(): void;
}

const RETRY = { first: 1_000, max: 60_000 };
/** Of keys that the server refused: it will most likely refuse them again, and what it has of them goes on serving. */
const REFUSED = { first: 60_000, max: 3_600_000 };
/** A server that answers so that ever more is to be sent is not followed for ever. */
const ROUNDS_MAX = 20;

export function createOutgoing({ machine, keys: server, post, ...needs }: Needs): Outgoing {
  const { olm, library } = machine;
  const oneAtATime = createTurns();
  let failures = 0;
  let cancelRetry = () => {};
  let refusals = 0;
  /** While refused keys are not offered. */
  let endRest: (() => void) | null = null;
  let closed = false;

  async function flushNow(): Promise<Result> {
    let last: Result = DONE;
    /** What failed is not tried twice in one go. */
    const failed = new Set<string>();
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const waiting = await machine.call(() => olm.outgoingRequests());
      const now = waiting.filter(
        (request) => !failed.has(nameOf(request)) && !(endRest && isUpload(request)),
      );
      if (now.length === 0) break;
      for (const request of now) {
        const sent = await send(request);
        if (sent.ok) continue;
        failed.add(nameOf(request));
        if (!endRest || !isUpload(request)) last = sent;
      }
    }
    return last;
  }

  async function flush(): Promise<Result> {
    const done = await oneAtATime('flush', flushNow);
    cancelRetry();
    failures = done.ok ? 0 : failures + 1;
    if (!done.ok && !closed)
      cancelRetry = needs.timers.after(backOffDelay(RETRY, failures, needs.fraction()), () => {
        // The next caller meets the same breakdown and says so.
        flush().catch(() => undefined);
      });
    return done;
  }

  const isUpload = ({ type }: Request): boolean => type === library.RequestType.KeysUpload;

  /** The engine gives its request for an upload another id each time that it is asked. */
  const nameOf = (request: Request): string => (isUpload(request) ? 'upload' : (request.id ?? request.body));

  async function send(request: Request): Promise<Result> {
    const answer = await perform(request);
    if (!answer.ok) return answer;
    if (request.id === undefined) return DONE;
    try {
      await mark(request.id, request.type, answer.value);
    } catch (error) {
      if (error instanceof EngineBroken) throw error;
      return fail('internal');
    }
    needs.onSent();
    if (request.type === library.RequestType.KeysQuery) await queried(request.body, answer.value);
    if (request.type === library.RequestType.KeysUpload) uploaded(request.body, answer.value);
    return DONE;
  }

  const mark = (id: string, type: Wasm.RequestType, answer: unknown) =>
    machine.call(() => olm.markRequestAsSent(id, type, JSON.stringify(answer)));

  async function perform(request: Request): Promise<Result<unknown>> {
    const { RequestType } = library;
    const body: unknown = JSON.parse(request.body);
    switch (request.type) {
      case RequestType.KeysUpload:
        return upload(body as Parameters<KeyServer['upload']>[0]);
      case RequestType.KeysQuery:
        return query(body as Query);
      case RequestType.KeysClaim:
        return server.claim(body as Parameters<KeyServer['claim']>[0]);
      case RequestType.SignatureUpload: {
        const sent = await server.signatures(body as Parameters<KeyServer['signatures']>[0]);
        return sent.ok ? { ok: true, value: { failures: {} } } : sent;
      }
      case RequestType.ToDevice: {
        const sent = await post.send(request as Wasm.ToDeviceRequest);
        return sent.ok ? { ok: true, value: {} } : sent;
      }
      default:
        // Backups and messages to rooms: this engine is never asked for them.
        return fail('internal');
    }
  }

  /** What makes this device known is sent until it was taken once. */
  async function upload(body: Parameters<KeyServer['upload']>[0]): Promise<Result<unknown>> {
    const sent = await server.upload(body);
    if (sent.ok) refusals = 0;
    else if (body.device_keys) {
      if (sent.failure.code === 'conflict') needs.onForeign();
    } else if (!isPassing(sent.failure)) rest(sent.failure);
    return sent;
  }

  /** Nobody else is held up by it. */
  function rest(failure: Failure): void {
    needs.report('uploading keys', failure);
    if (closed) return;
    refusals += 1;
    endRest = needs.timers.after(backOffDelay(REFUSED, refusals, needs.fraction()), () => {
      endRest = null;
      // The next caller meets the same breakdown and says so.
      flush().catch(() => undefined);
    });
  }

  /** Who is left out of the answer has no devices; otherwise the engine would go on waiting for them. */
  async function query(body: Query): Promise<Result<Queried>> {
    const answer = await server.query(body);
    if (!answer.ok) return answer;
    const none = Object.fromEntries(Object.keys(body.device_keys).map((user) => [user, {}]));
    const devices = needs.withoutRemoved({ ...none, ...answer.value.device_keys });
    return ok({ ...answer.value, device_keys: devices });
  }

  async function queried(body: string, answer: unknown): Promise<void> {
    const asked = Object.keys((JSON.parse(body) as { device_keys: object }).device_keys);
    const people = asked.map(personOfEngineUser).filter((person) => person !== null);
    await needs.onQueried(people, answer as Queried);
  }

  function uploaded(body: string, answer: unknown): void {
    const { fallback_keys: fallback = {} } = JSON.parse(body) as Parameters<KeyServer['upload']>[0];
    const { one_time_key_counts: counts } = answer as { one_time_key_counts: Record<string, number> };
    needs.onUploaded(counts['signed_curve25519'] ?? 0, Object.keys(fallback).length > 0);
  }

  return {
    flush,
    send,
    between: (task) => oneAtATime('flush', task),
    close() {
      closed = true;
      cancelRetry();
      endRest?.();
    },
  };
}
