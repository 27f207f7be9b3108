/**
 * What was asked before any tab led, as on a page that was just loaded. It is for the first one that does: one that begins
 * to (`leading`) did not hear it, one that did already (`live` without that) has.
 */
import type { Result } from '../model.ts';
import { DONE, fail } from '../result.ts';
import type { Command } from './bus.ts';

/** Far more than a person asks until a tab leads; beyond it none may ever, and a page must not grow. */
export const MOST_UNHEARD = 200;

export interface Unheard {
  /** `unavailable` once there are so many that no more is kept. Nothing is kept once a tab leads. */
  keep(command: Command): Result;
  /** A tab begins to lead: hands each to it, in order, and keeps none. */
  handOver(to: (command: Command) => void): void;
  /** A tab that led all along heard them, as it will all that comes: should it go, the next one reads the database. */
  wereHeard(): void;
}

export function createUnheard(): Unheard {
  const kept: Command[] = [];
  let isLed = false;

  return {
    keep(command) {
      if (isLed) return DONE;
      if (kept.length >= MOST_UNHEARD) return fail('unavailable');
      kept.push(command);
      return DONE;
    },
    handOver(to) {
      for (const command of kept.splice(0)) to(command);
    },
    wereHeard() {
      isLed = true;
      kept.length = 0;
    },
  };
}
