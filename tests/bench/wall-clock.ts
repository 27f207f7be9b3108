/** Compares pages' clocks: each process fits its own steady clock to the machine's time of day, and not to the last tenth of a millisecond. */
import type { Page } from 'playwright-core';

/** How far `timeOrigin + performance.now()` of this page is ahead of the machine's time of day; ms. */
export function skewOf(page: Page): Promise<number> {
  return page.evaluate(() => {
    const ahead: number[] = [];
    for (let edge = 0; edge < 60; edge++) {
      // The time of day comes in whole milliseconds; it is exact at the moment in which it changes.
      const before = Date.now();
      while (Date.now() === before);
      ahead.push(performance.timeOrigin + performance.now() - Date.now());
    }
    return ahead.toSorted((a, b) => a - b)[30]!;
  });
}
