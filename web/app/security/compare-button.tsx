/** Asks a friend to compare emoji; what follows is shown by the verification dialog. */
import type { Contact } from '../../../signaling/protocol/http.ts';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { useSecurityWords } from './words.ts';

interface CompareButtonProps {
  readonly friend: Contact;
  readonly look?: 'primary' | 'plain';
}

export function CompareButton({ friend, look = 'plain' }: CompareButtonProps) {
  const words = useSecurityWords();
  const { security } = useMessenger();
  return (
    <Button look={look} onClick={() => security.verify(friend.id)}>
      {words.friend.compare}
    </Button>
  );
}
