/** What a thrown error tells the caller. */
import { StorageError } from '../../db/storage-error.ts';
import type { Refusal } from '../outcome.ts';

const RETRY_AFTER_SECONDS = 5;

export function refusalOf(error: unknown): Refusal {
  if (error instanceof StorageError) {
    if (error.problem === 'full') return { code: 'storage-full' };
    if (error.problem === 'unavailable') return { code: 'unavailable', retryAfter: RETRY_AFTER_SECONDS };
  }
  return { code: 'internal' };
}
