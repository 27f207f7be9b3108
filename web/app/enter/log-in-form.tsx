/** User name and password, for someone who has an account. */
import { type FormEvent, useState } from 'react';
import { failureText } from '../i18n/failure.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { Field, PasswordField } from '../ui/field.tsx';
import { useAction } from '../ui/use-action.ts';
import { useEnterWords } from './words.ts';

export function LogInForm() {
  const { t, format } = useSpeech();
  const words = useEnterWords();
  const { account } = useMessenger();
  const [userName, setUserName] = useState('');
  const [password, setPassword] = useState('');
  const [missing, setMissing] = useState<'name' | 'password' | null>(null);
  const { busy, failure, run } = useAction();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const lacks = userName.trim() === '' ? 'name' : password === '' ? 'password' : null;
    setMissing(lacks);
    if (lacks === null) void run(() => account.logIn({ userName: userName.trim(), password }));
  };
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <Field
        label={words.userName}
        value={userName}
        onChange={setUserName}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        error={missing === 'name' ? words.nameMissing : null}
      />
      <PasswordField
        label={words.password}
        value={password}
        onChange={setPassword}
        autoComplete="current-password"
        required
        error={missing === 'password' ? words.passwordMissing : failure && failureText(failure, t, format)}
      />
      <Button type="submit" look="primary" busy={busy}>
        {busy ? words.working : words.logIn}
      </Button>
    </form>
  );
}
