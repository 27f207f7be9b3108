/** The worlds that are tortured. */
import type { Shape } from './schedule.ts';

interface TorturedWorld {
  readonly shape: Shape;
  readonly relayOnly: readonly number[];
}

export const WORLDS: Readonly<Record<string, TorturedWorld>> = {
  /** Two people, three devices. */
  pair: { shape: { devices: [0, 0, 1], conversations: [[0, 1]] }, relayOnly: [1] },
  /** Five people with eight devices in a group; two of them also talk alone. */
  five: {
    shape: {
      devices: [0, 0, 1, 1, 2, 2, 3, 4],
      conversations: [
        [0, 1],
        [0, 1, 2, 3, 4],
      ],
    },
    relayOnly: [1, 6],
  },
};
