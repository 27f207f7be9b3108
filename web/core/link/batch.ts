/** Gathers what comes in a burst and passes it on together, a moment after its first piece. */
import type { Timers } from '../platform.ts';
import type { Scope } from '../scope.ts';

export interface Batch<T> {
  add(pieces: readonly T[]): void;
}

export function createBatch<T>(
  timers: Timers,
  scope: Scope,
  wait: number,
  flush: (pieces: T[]) => void,
): Batch<T> {
  let waiting: T[] = [];
  let cancel = (): void => undefined;
  scope.own(() => cancel());
  return {
    add(pieces) {
      if (scope.ended) return;
      const first = waiting.length === 0;
      waiting.push(...pieces);
      if (!first) return;
      cancel = timers.after(wait, () => {
        const batch = waiting;
        waiting = [];
        flush(batch);
      });
    },
  };
}
