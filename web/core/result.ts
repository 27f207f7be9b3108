/** Makes the two kinds of Result, so that expected failures travel as values. */
import type { Failure, Result } from './model.ts';

export const DONE: Result = { ok: true, value: undefined };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail(code: Failure['code'], retryAfter?: number): Result<never> {
  return { ok: false, failure: retryAfter === undefined ? { code } : { code, retryAfter } };
}

/** Applies `change` to the value of a success. */
export function mapOk<T, U>(result: Result<T>, change: (value: T) => U): Result<U> {
  return result.ok ? ok(change(result.value)) : result;
}

/** Whether time alone may mend it. */
export const isPassing = ({ code }: Failure): boolean =>
  code === 'network' || code === 'rate-limited' || code === 'unavailable';
