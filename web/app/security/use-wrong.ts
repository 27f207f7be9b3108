/** Why a password or code was not taken, in a sentence; what the door says of a wrong password speaks of the user name too. */
import type { Failure } from '../../core/model.ts';
import { failureText } from '../i18n/failure.ts';
import { useSpeech } from '../i18n/index.ts';

export function useWrong(failure: Failure | null, wrongSecret: string): string | null {
  const { t, format } = useSpeech();
  if (failure === null) return null;
  return failure.code === 'wrong-credentials' ? wrongSecret : failureText(failure, t, format);
}
