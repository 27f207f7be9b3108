/** Waiting for what comes to be. */

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export interface Waiting {
  /** ms. */
  readonly patience?: number;
  readonly every?: number;
  /** Whether the time that passes now counts. */
  readonly counts?: () => boolean;
}

/** Until it is true; whatever else it is at the end is told. */
export async function until(
  what: string,
  is: () => Promise<unknown>,
  { patience = 60_000, every = 100, counts = () => true }: Waiting = {},
): Promise<void> {
  let left = patience;
  for (let since = Date.now(); ;) {
    const now = await is();
    if (now === true) return;
    if (counts()) left -= Date.now() - since;
    since = Date.now();
    if (left < 0) throw new Error(`Never came to be: ${what} (${String(now)})`);
    await pause(every);
  }
}
