/** Token buckets by key, bounded in number: full ones are forgotten, since a new one would be the same. */

export interface Rate {
  /** How many at once. */
  readonly burst: number;
  /** How many come back each second. */
  readonly perSecond: number;
}

export interface Bucket {
  tokens: number;
  at: number;
}

/** Takes `cost` from `bucket`; answers 0, or the seconds until there is enough. */
export function take(bucket: Bucket, rate: Rate, now: number, cost = 1): number {
  const back = (Math.max(0, now - bucket.at) / 1000) * rate.perSecond;
  bucket.tokens = Math.min(rate.burst, bucket.tokens + back);
  bucket.at = now;
  if (bucket.tokens < cost) return Math.max(1, Math.ceil((cost - bucket.tokens) / rate.perSecond));
  bucket.tokens -= cost;
  return 0;
}

export const fullBucket = (rate: Rate, now: number): Bucket => ({ tokens: rate.burst, at: now });

/** The rate for hosts with many people behind one address. */
export const scaled = (rate: Rate, factor: number): Rate => ({
  burst: rate.burst * factor,
  perSecond: rate.perSecond * factor,
});

const SWEEP_EVERY_MS = 60_000;

export class TokenBuckets {
  private readonly buckets = new Map<string, { readonly bucket: Bucket; readonly rate: Rate }>();
  private sweptAt: number;

  constructor(private readonly now: () => number) {
    this.sweptAt = now();
  }

  get size(): number {
    return this.buckets.size;
  }

  /** Takes `cost` from the bucket of `key`; answers 0, or the seconds to wait. */
  take(key: string, rate: Rate, cost = 1): number {
    const now = this.now();
    if (now - this.sweptAt > SWEEP_EVERY_MS) this.sweep(now);
    let entry = this.buckets.get(key);
    if (entry === undefined) {
      entry = { bucket: fullBucket(rate, now), rate };
      this.buckets.set(key, entry);
    }
    return take(entry.bucket, entry.rate, now, cost);
  }

  private sweep(now: number): void {
    this.sweptAt = now;
    for (const [key, { bucket, rate }] of this.buckets) {
      if (bucket.tokens + ((now - bucket.at) / 1000) * rate.perSecond >= rate.burst) this.buckets.delete(key);
    }
  }
}
