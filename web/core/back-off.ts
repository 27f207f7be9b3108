/** How long to wait before the next try: doubling, capped, and spread out so that many pages do not return at once. */

export interface BackOff {
  readonly first: number;
  readonly max: number;
}

/** `failures` counts the tries that failed in a row, from 1; `fraction` is random, 0 up to 1. */
export function backOffDelay({ first, max }: BackOff, failures: number, fraction: number): number {
  const ceiling = Math.min(max, first * 2 ** Math.min(failures - 1, 30));
  return Math.round(ceiling / 2 + (ceiling / 2) * fraction);
}
