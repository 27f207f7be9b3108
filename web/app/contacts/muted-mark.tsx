/** Beside a name: nothing of this conversation rings. */
import { BellOff } from 'lucide-react';
import { useSpeech } from '../i18n/index.ts';

export function MutedMark({ muted, size = 14 }: { muted: boolean; size?: number }) {
  const { t } = useSpeech();
  if (!muted) return null;
  return (
    <span className="row-mark" title={t.group.muted}>
      <BellOff size={size} aria-hidden="true" />
      <span className="visually-hidden">{t.group.muted}</span>
    </span>
  );
}
