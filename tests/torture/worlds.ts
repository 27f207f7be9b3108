/** The worlds that are tortured. */
import type { Shape } from './schedule.ts';

interface TorturedWorld {
  readonly shape: Shape;
  readonly relayOnly: readonly number[];
}

export const WORLDS: Readonly<Record<string, TorturedWorld>> = {
  /** Two people, three devices. */
  pair: { shape: { devices: [0, 0, 1], conversations: [[0, 1]] }, relayOnly: [1] },
};
