/** For tests in which nothing fails behind anybody's back: whatever is reported fails the run. */
import type { Report } from '../../web/core/platform.ts';

export const unreported: Report = (during, error) => {
  throw new Error(`failed while ${during}`, { cause: error });
};
