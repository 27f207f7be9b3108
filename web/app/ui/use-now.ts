/** The time of day as state, for countdowns and "3 minutes ago". */
import { useSyncExternalStore } from 'react';

interface Clock {
  readonly subscribe: (listener: () => void) => () => void;
  readonly now: () => number;
}

/** One timer for everyone who wants the same beat; it stops when nobody listens. */
function createClock(every: number): Clock {
  const listeners = new Set<() => void>();
  let time = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = (): void => {
    time = Date.now();
    for (const listener of listeners) listener();
  };
  return {
    now: () => time,
    subscribe: (listener) => {
      if (listeners.size === 0) {
        time = Date.now();
        timer = setInterval(tick, every);
      }
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) clearInterval(timer);
      };
    },
  };
}

const second = createClock(1000);
const minute = createClock(60_000);

export const useSeconds = (): number => useSyncExternalStore(second.subscribe, second.now);

export const useMinutes = (): number => useSyncExternalStore(minute.subscribe, minute.now);
