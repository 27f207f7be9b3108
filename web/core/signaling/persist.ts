/** Repeats a request through absences of the network, and at the server's pace. */
import type { Result } from '../model.ts';
import type { Timers } from '../platform.ts';
import { isPassing } from '../result.ts';

const RETRY_AFTER = 1_000;
const LONGEST_PAUSE = 10_000;

/** `most`: tries altogether. */
export async function persist<T>(
  timers: Timers,
  most: number,
  work: () => Promise<Result<T>>,
): Promise<Result<T>> {
  for (let tries = 1; ; tries++) {
    const result = await work();
    if (result.ok || tries === most || !isPassing(result.failure)) return result;
    const asked = (result.failure.retryAfter ?? 0) * 1_000;
    if (asked > LONGEST_PAUSE) return result;
    const wait = Math.max(asked, Math.min(RETRY_AFTER * tries, LONGEST_PAUSE));
    await new Promise<void>((resolve) => void timers.after(wait, resolve));
  }
}
