/** Token buckets: how much at once, how fast it comes back, and that they do not pile up. */
import { describe, expect, it } from 'vitest';
import { TokenBuckets } from './token-buckets.ts';

const RATE = { burst: 3, perSecond: 0.5 };

describe('token buckets', () => {
  it('give the burst, then say how long to wait, then give again', () => {
    let now = 0;
    const buckets = new TokenBuckets(() => now);
    expect([1, 2, 3].map(() => buckets.take('a', RATE))).toEqual([0, 0, 0]);
    expect(buckets.take('a', RATE)).toBe(2);
    expect(buckets.take('b', RATE)).toBe(0);
    now = 2_000;
    expect(buckets.take('a', RATE)).toBe(0);
    expect(buckets.take('a', RATE)).toBe(2);
  });

  it('never hold more than the burst, and survive a clock that goes back', () => {
    let now = 1_000_000;
    const buckets = new TokenBuckets(() => now);
    expect(buckets.take('a', RATE)).toBe(0);
    now = 0;
    expect([1, 2, 3].map(() => buckets.take('a', RATE))).toEqual([0, 0, 2]);
  });

  it('are forgotten when they are full again', () => {
    let now = 0;
    const buckets = new TokenBuckets(() => now);
    for (let i = 0; i < 1000; i++) buckets.take(`key-${i}`, RATE);
    now = 120_000;
    buckets.take('last', RATE);
    expect(buckets.size).toBe(1);
  });
});
