/** All that a guest has to give: a name. */
import { type FormEvent, useState } from 'react';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import { failureText } from '../i18n/failure.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { useAction } from '../ui/use-action.ts';
import { useEnterWords } from './words.ts';

export function GuestForm({ code }: { code: string }) {
  const { t, format } = useSpeech();
  const words = useEnterWords();
  const { account } = useMessenger();
  const [name, setName] = useState('');
  const [missing, setMissing] = useState(false);
  const { busy, failure, run } = useAction();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(name.trim() === '');
    if (name.trim() !== '') void run(() => account.enterAsGuest({ code, displayName: name.trim() }));
  };
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <Field
        label={words.displayName}
        value={name}
        onChange={setName}
        autoComplete="nickname"
        maxLength={LIMITS.displayNameMax}
        required
        error={missing ? words.nameMissing : failure && failureText(failure, t, format)}
      />
      <Button type="submit" look="primary" busy={busy}>
        {busy ? words.working : words.guestEnter}
      </Button>
    </form>
  );
}
