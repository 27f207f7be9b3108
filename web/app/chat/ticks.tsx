/** How far one's own message has come, as a sign with a word for screen readers. */
import { Check, CheckCheck, CircleAlert, Clock } from 'lucide-react';
import type { MessageState } from '../../core/model.ts';
import { useSpeech } from '../i18n/index.ts';

const SIGNS = { queued: Clock, sent: Check, delivered: CheckCheck, read: CheckCheck, failed: CircleAlert };

export function Ticks({ state }: { state: MessageState }) {
  const { t } = useSpeech();
  const Sign = SIGNS[state];
  return (
    <span
      className="ticks"
      data-state={state}
      title={state === 'sent' ? t.chat.sentHint : t.chat.state[state]}
    >
      <Sign size={14} aria-hidden="true" />
      <span className="visually-hidden">{t.chat.state[state]}</span>
    </span>
  );
}
