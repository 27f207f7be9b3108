/** How fast a transfer goes, over the last seconds, and how long the rest will take. */
import type { Speed } from '../model.ts';

export interface SpeedMeter {
  /** `bytes` are done in all at `now` (monotonic ms). */
  add(now: number, bytes: number): void;
  /** Null until there is enough to go by. */
  read(now: number, size: number): Speed | null;
  /** After a pause, what was before says nothing. */
  reset(): void;
}

/** Long enough to be calm, short enough to notice a change of networks. */
const WINDOW = 5_000;
const SHORTEST = 400;

export function createSpeedMeter(): SpeedMeter {
  let samples: { at: number; bytes: number }[] = [];
  return {
    add(now, bytes) {
      const first = samples.findLastIndex(({ at }) => at <= now - WINDOW);
      samples = [...samples.slice(Math.max(0, first)), { at: now, bytes }];
    },
    read(now, size) {
      const first = samples[0];
      const last = samples.at(-1);
      if (!first || !last || now - first.at < SHORTEST) return null;
      // Up to now, not to the last sample: a transfer that stands still gets slower.
      const rate = ((last.bytes - first.bytes) / (now - first.at)) * 1_000;
      return { rate, secondsLeft: rate > 0 ? (size - last.bytes) / rate : Infinity };
    },
    reset() {
      samples = [];
    },
  };
}
