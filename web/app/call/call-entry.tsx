/** What remains of a call in the conversation: what it was, how it ended, and a way to call back. */
import { Phone, PhoneMissed, Video } from 'lucide-react';
import type { CallSummary, Message } from '../../core/model.ts';
import { useSpeech } from '../i18n/index.ts';
import { Button } from '../ui/button.tsx';
import { useRing } from './use-ring.ts';
import { useCallWords } from './words.ts';
import './call-entry.css';

interface CallEntryProps {
  readonly message: Message;
  readonly call: CallSummary;
}

export function CallEntry({ message, call }: CallEntryProps) {
  const { t, format } = useSpeech();
  const words = useCallWords();
  const ring = useRing();
  const missed = call.outcome === 'missed';
  const Icon = missed ? PhoneMissed : call.kind === 'video' ? Video : Phone;
  const ending = call.outcome === 'talked' ? format.clock(call.seconds) : words.outcome[call.outcome];
  return (
    <div className="call-entry" data-missed={missed || undefined}>
      <Icon size={18} aria-hidden="true" />
      <p>
        {t.call.entry(call.kind)}
        {t.call.comma}
        {ending}
      </p>
      {message.author === 'friend' && call.outcome !== 'talked' && (
        <Button look="quiet" onClick={() => ring(message.conversationId, call.kind)}>
          {words.callBack}
        </Button>
      )}
    </div>
  );
}
