/** Why what was asked for could not be done; nothing while there is no reason. */
import type { Failure } from '../../core/model.ts';
import { failureText } from '../i18n/failure.ts';
import { useSpeech } from '../i18n/index.ts';

export function Failed({ failure }: { failure: Failure | null }) {
  const { t, format } = useSpeech();
  if (failure === null) return null;
  return (
    <p className="field-help" data-wrong role="alert">
      {failureText(failure, t, format)}
    </p>
  );
}
