/** Whether a new password may be taken. The meter behind it is loaded when it is first needed. */
import type { Strength } from './strength.ts';

export const SHORTEST_PASSWORD = 8;
const LOWEST_SCORE = 2;

/** Null if the meter could not be loaded. `own` are words that make a password easy for who knows the person. */
export async function strengthOf(password: string, own: readonly string[]): Promise<Strength | null> {
  const meter = await import('./strength.ts').catch(() => null);
  return meter?.measure(password, own.filter(Boolean)) ?? null;
}

/** Without the meter the length alone decides: a network that is down must not look like a weak password. */
export async function isStrong(password: string, own: readonly string[]): Promise<boolean> {
  if (password.length < SHORTEST_PASSWORD) return false;
  const strength = await strengthOf(password, own);
  return strength === null || strength.score >= LOWEST_SCORE;
}
