import { describe, expect, it } from 'vitest';
import { answered, UNMEASURED } from './quality.ts';

const after = (...rtts: readonly number[]) => rtts.reduce(answered, UNMEASURED);
const times = (count: number, rtt: number): number[] => Array.from({ length: count }, () => rtt);

describe('a link', () => {
  it.each([
    ['that is quick', times(20, 40), false],
    ['that is far away', times(20, 700), false],
    ['that is slow all the time', times(4, 3_000), true],
    ['that was slow three times', times(3, 3_000), false],
    ['that stutters now and then', [40, 2_000, 40, 40, 40, 2_500, 40, 40], false],
    ['that loses half of everything', [40, 3_000, 3_000, 40, 3_000, 3_000, 40, 3_000], true],
    ['that was slow, and is a little better', [...times(6, 3_000), ...times(10, 900)], true],
    ['that was slow, and is well again', [...times(6, 3_000), ...times(10, 100)], false],
    ['that is well again for a moment', [...times(6, 3_000), 100, 100], true],
  ])('%s', (_name, rtts, slow) => {
    expect(after(...rtts).slow).toBe(slow);
  });
});
