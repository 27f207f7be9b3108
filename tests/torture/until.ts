/** Waiting for what comes to be. */

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Until it is true; whatever else it is at the end is told. */
export async function until(
  what: string,
  is: () => Promise<unknown>,
  { patience = 60_000, every = 100 } = {},
): Promise<void> {
  const limit = Date.now() + patience;
  for (;;) {
    const now = await is();
    if (now === true) return;
    if (Date.now() > limit) throw new Error(`Never came to be: ${what} (${String(now)})`);
    await pause(every);
  }
}
