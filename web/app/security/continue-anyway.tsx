/** Goes on with somebody's new identity without comparing; asks once more. */
import { useState } from 'react';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { Confirm } from '../ui/dialog.tsx';
import { useSecurityWords } from './words.ts';

export function ContinueAnyway({ id, name }: { id: string; name: string }) {
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
        text={words.changed.sureText(name)}
        action={words.changed.goOn}
        onConfirm={() => security.acceptIdentity(id)}
      />
    </>
  );
}
