/** Chance that can be repeated, for tests that try many orders. */

/** The same numbers for the same seed (mulberry32). */
export function createRandom(seed: number) {
  let state = seed;
  const fraction = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number) => Math.floor(fraction() * n);
  return {
    fraction,
    below,
    pick: <T>(items: readonly T[]): T | undefined => items[below(items.length)],
    bytes: (n: number) => Uint8Array.from({ length: n }, () => below(256)),
  };
}
export type Random = ReturnType<typeof createRandom>;

export function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, key: random.fraction() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
