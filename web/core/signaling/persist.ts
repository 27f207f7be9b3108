/** Repeats a request through absences of the network, and at the server's pace. */
import type { Failure, Result } from '../model.ts';
import type { Timers } from '../platform.ts';

const RETRY_AFTER = 1_000;
const LONGEST_PAUSE = 10_000;

/** Whether time alone may mend it. */
export const isPassing = ({ code }: Failure): boolean =>
  code === 'network' || code === 'rate-limited' || code === 'unavailable';

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
