/** What a service answers: a value, or a refusal with a code that the page translates. */
import type { ErrorCode } from './protocol/errors.ts';

export interface Refusal {
  readonly code: ErrorCode;
  /** Seconds. */
  readonly retryAfter?: number;
}

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal };

export const ok = <T>(value: T): Outcome<T> => ({ ok: true, value });
export const done: Outcome<undefined> = ok(undefined);
export const refuse = (code: ErrorCode, retryAfter?: number): Outcome<never> => ({
  ok: false,
  refusal: retryAfter === undefined ? { code } : { code, retryAfter },
});
