/** Changes the password; the old one is proved without leaving the browser. */
import { type FormEvent, useState } from 'react';
import type { Me } from '../../../signaling/protocol/http.ts';
import { NewPassword } from '../enter/new-password.tsx';
import { isStrong } from '../enter/password-check.ts';
import { failureText } from '../i18n/failure.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { PasswordField } from '../ui/field.tsx';
import { say } from '../ui/toasts.tsx';
import { useAction } from '../ui/use-action.ts';
import { useSettingsWords } from './words.ts';

export function PasswordSection({ me }: { me: Me }) {
  const { t, format } = useSpeech();
  const words = useSettingsWords();
  const { account } = useMessenger();
  const own = [me.userName ?? '', me.displayName];
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [weak, setWeak] = useState(false);
  const { busy, failure, run } = useAction();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const strong = await isStrong(next, own);
    setWeak(!strong);
    if (!strong || !(await run(() => account.changePassword({ current, next })))) return;
    setCurrent('');
    setNext('');
    say({ text: words.passwordChanged });
  };
  return (
    <form className="stack settings-form" onSubmit={(event) => void save(event)}>
      {/* Password managers look for the name that the password belongs to. */}
      <input hidden readOnly autoComplete="username" value={me.userName ?? ''} />
      <PasswordField
        label={words.currentPassword}
        value={current}
        onChange={setCurrent}
        autoComplete="current-password"
        required
        error={failure && failureText(failure, t, format)}
      />
      <NewPassword
        label={words.newPassword}
        value={next}
        onChange={(value) => {
          setNext(value);
          setWeak(false);
        }}
        own={own}
        error={weak ? t.failures['password-weak'] : null}
      />
      <Button type="submit" busy={busy} disabled={current === '' || next === ''}>
        {words.changePassword}
      </Button>
    </form>
  );
}
