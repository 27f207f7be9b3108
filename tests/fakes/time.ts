/** Time for unit tests: stands still until told to go on, and lets everything that is due happen on the way. */
import type { Clock, Timers } from '../../web/core/platform.ts';

export interface FakeTime {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Lets what is under way (promises, the fake database) come to rest. */
  settle(): Promise<void>;
  advance(ms: number): Promise<void>;
}

export function createFakeTime(start = 1_800_000_000_000): FakeTime {
  let now = 0;
  const due = new Set<{ readonly at: number; readonly run: () => void }>();

  async function settle(): Promise<void> {
    // The fake database takes a turn of the event loop for each of its steps.
    for (let turn = 0; turn < 60; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  return {
    clock: { now: () => start + now, monotonic: () => now },
    timers: {
      after(ms, run) {
        const timer = { at: now + Math.max(0, ms), run };
        due.add(timer);
        return () => due.delete(timer);
      },
    },
    settle,
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        const next = [...due].toSorted((a, b) => a.at - b.at)[0];
        if (!next || next.at > end) break;
        due.delete(next);
        now = Math.max(now, next.at);
        next.run();
        await settle();
      }
      now = end;
    },
  };
}
