/** Goes on with a friend's new identity without comparing; asks once more. */
import { useState } from 'react';
import type { Contact } from '../../../signaling/protocol/http.ts';
import { nameOf } from '../contacts/people.ts';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { Confirm } from '../ui/dialog.tsx';
import { useSecurityWords } from './words.ts';

export function ContinueAnyway({ friend }: { friend: Contact }) {
  const words = useSecurityWords();
  const { security } = useMessenger();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button onClick={() => setAsking(true)}>{words.changed.goOn}</Button>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title={words.changed.sureTitle}
        text={words.changed.sureText(nameOf(friend))}
        action={words.changed.goOn}
        onConfirm={() => security.acceptIdentity(friend.id)}
      />
    </>
  );
}
