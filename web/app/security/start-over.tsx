/** Asks for the password before the account's identity is replaced, of which friends are warned. */
import { useState } from 'react';
import { useMessenger } from '../messenger-context.ts';
import { Confirm } from '../ui/dialog.tsx';
import { PasswordField } from '../ui/field.tsx';
import { say } from '../ui/toasts.tsx';
import { useAction } from '../ui/use-action.ts';
import { useWrong } from './use-wrong.ts';
import { useSecurityWords } from './words.ts';

export function StartOver({ open, onClose }: { open: boolean; onClose: () => void }) {
  const words = useSecurityWords();
  const { security } = useMessenger();
  const [password, setPassword] = useState('');
  const { busy, failure, run, clear } = useAction();
  const close = () => {
    clear();
    setPassword('');
    onClose();
  };
  const startOver = async () => {
    if (!(await run(() => security.startOver(password)))) return;
    say({ text: words.restore.startedOver });
    close();
  };
  const wrong = useWrong(failure, words.restore.wrongPassword);
  return (
    <Confirm
      open={open}
      onClose={close}
      title={words.restore.startOverTitle}
      text={words.restore.startOverText}
      action={words.restore.startOverAction}
      busy={busy}
      onConfirm={() => void startOver()}
    >
      <PasswordField
        label={words.restore.password}
        value={password}
        onChange={setPassword}
        autoComplete="current-password"
        error={wrong}
      />
    </Confirm>
  );
}
