/** Lets jobs through no faster than the server tolerates; what comes sooner waits its turn. */
import type { Clock, Timers } from '../platform.ts';

export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

export interface Pace {
  run(job: () => void): void;
  /** Runs all that wait at once: there is nobody left to be too fast for. */
  flush(): void;
}

export function createPace(clock: Clock, timers: Timers, { burst, perSecond }: Rate): Pace {
  const waiting: (() => void)[] = [];
  let tokens = burst;
  let countedAt = clock.monotonic();
  let cancel: (() => void) | null = null;

  function count(): void {
    const now = clock.monotonic();
    tokens = Math.min(burst, tokens + ((now - countedAt) / 1_000) * perSecond);
    countedAt = now;
  }

  function go(): void {
    cancel = null;
    count();
    while (waiting.length > 0 && tokens >= 1) {
      tokens -= 1;
      waiting.shift()?.();
    }
    if (waiting.length > 0) cancel = timers.after(Math.ceil(((1 - tokens) / perSecond) * 1_000), go);
  }

  return {
    run(job) {
      waiting.push(job);
      if (!cancel) go();
    },
    flush() {
      cancel?.();
      cancel = null;
      for (const job of waiting.splice(0)) job();
    },
  };
}
