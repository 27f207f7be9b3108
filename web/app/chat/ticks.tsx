/** How far one's own message has come, as a sign with a word for screen readers. */
import { Check, CheckCheck, CircleAlert, Clock } from 'lucide-react';
import type { MessageState } from '../../core/model.ts';
import { usePartner } from './partner.ts';
import { useChatWords } from './words.ts';

const SIGNS = { queued: Clock, sent: Check, delivered: CheckCheck, read: CheckCheck, failed: CircleAlert };

export function Ticks({ state }: { state: MessageState }) {
  const words = useChatWords();
  const { group } = usePartner();
  const waiting = group === null ? words.sentHint : words.sentGroupHint;
  const Sign = SIGNS[state];
  return (
    <span className="ticks" data-state={state} title={state === 'sent' ? waiting : words.state[state]}>
      <Sign size={14} aria-hidden="true" />
      <span className="visually-hidden">{words.state[state]}</span>
    </span>
  );
}
