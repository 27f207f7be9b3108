/** Says that messages came which cannot be read before their keys come; where they belong is only known then. */
import { KeyRound } from 'lucide-react';
import type { Conversation } from '../../core/model.ts';
import { useValue } from '../use-value.ts';
import { useChatWords } from './words.ts';

export function Unopened({ conversation }: { conversation: Conversation }) {
  const words = useChatWords();
  const unopened = useValue(conversation.unopened);
  return (
    <div role="status">
      {unopened > 0 && (
        <p className="unopened quiet">
          <KeyRound size={16} aria-hidden="true" />
          <span>{words.unopened(unopened)}</span>
        </p>
      )}
    </div>
  );
}
