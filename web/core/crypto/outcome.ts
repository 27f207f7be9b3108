/** What the engine answers with: a value, or why not. */
import type { Failure as AnyFailure } from '../model.ts';

export type EngineFailure =
  /** The server could not be reached, or refused; trying again later helps. */
  | { readonly why: 'unreachable'; readonly failure: AnyFailure }
  /** This person's identity is another one than before; `accept` decides. */
  | { readonly why: 'identity-changed'; readonly userId: string }
  /** That device is unknown, or not signed by its owner. */
  | { readonly why: 'untrusted-device' }
  /** This device has no identity of its owner yet: see `identity`. */
  | { readonly why: 'not-ready' }
  /** What was scanned is not the other side's code. */
  | { readonly why: 'mismatch' }
  | { readonly why: 'too-large' }
  /** The browser's storage refused; nothing was changed. */
  | { readonly why: 'storage' }
  /** The engine died; only loading the page again helps. */
  | { readonly why: 'broken' };

/** Whether trying again later may help without anything else changing. */
export function mayPass(failure: EngineFailure): boolean {
  return failure.why === 'unreachable' || failure.why === 'storage';
}

export type Outcome<T = void, F = EngineFailure> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: F };

export function yes<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function no<F>(failure: F): { readonly ok: false; readonly failure: F } {
  return { ok: false, failure };
}

export const unreachable = (failure: AnyFailure) => no({ why: 'unreachable', failure } as const);
