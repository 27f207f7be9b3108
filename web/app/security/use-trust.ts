/** How sure one can be of one friend. */
import type { Trust } from '../../core/model.ts';
import { useMessenger } from '../messenger-context.ts';
import { useValue } from '../use-value.ts';

/** Nothing is sent to them until the person decides. */
export const isStopped = (trust: Trust | undefined): trust is 'changed' | 'disproved' =>
  trust === 'changed' || trust === 'disproved';

export function useTrust(userId: string): Trust {
  return useValue(useMessenger().security.trust).get(userId) ?? 'unknown';
}
