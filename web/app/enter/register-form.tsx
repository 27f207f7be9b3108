/** Makes an account: a user name to be found by, a name to be seen by, a password that is hard to guess. */
import { type FormEvent, useState } from 'react';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import { parseUserName } from '../../../signaling/protocol/user-name.ts';
import type { Failure, Result } from '../../core/model.ts';
import { failureText, type FailureCode } from '../i18n/failure.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { useAction } from '../ui/use-action.ts';
import { NewPassword } from './new-password.tsx';
import { isStrong } from './password-check.ts';
import { useEnterWords } from './words.ts';

/** Failures that belong to the user name's own line; everything else stands at the password, the last field. */
const ABOUT_NAME: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'user-name-taken',
  'user-name-too-short',
  'user-name-too-long',
  'user-name-characters',
  'user-name-look-alike',
]);

export function RegisterForm({ invite }: { invite: string | null }) {
  const { t, format } = useSpeech();
  const words = useEnterWords();
  const { account } = useMessenger();
  const [userName, setUserName] = useState('');
  const [displayName, setDisplayName] = useState('');
  const [password, setPassword] = useState('');
  const [refused, setRefused] = useState<Failure | null>(null);
  const { busy, failure, run, clear } = useAction();
  const shown = refused ?? failure;
  const text = shown === null ? null : failureText(shown, t, format);
  const aboutName = shown !== null && ABOUT_NAME.has(shown.code);

  const checkName = (): boolean => {
    const parsed = parseUserName(userName);
    setRefused(parsed.ok ? null : { code: parsed.problem });
    return parsed.ok;
  };
  const register = async (): Promise<Result<unknown>> => {
    if (!(await isStrong(password, [userName, displayName]))) {
      return { ok: false, failure: { code: 'password-weak' } };
    }
    const form = { userName: userName.trim(), displayName: displayName.trim() || userName.trim(), password };
    return account.register(invite === null ? form : { ...form, invite });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (checkName()) void run(register);
  };
  const edit = (set: (value: string) => void) => (value: string) => {
    set(value);
    setRefused(null);
    clear();
  };
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <Field
        label={words.userName}
        hint={words.userNameHint}
        value={userName}
        onChange={edit(setUserName)}
        onBlur={() => userName !== '' && checkName()}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        error={aboutName ? text : null}
      />
      <Field
        label={words.displayName}
        hint={words.displayNameHint}
        value={displayName}
        onChange={edit(setDisplayName)}
        autoComplete="nickname"
        maxLength={LIMITS.displayNameMax}
        placeholder={userName}
      />
      <NewPassword
        label={words.password}
        hint={words.passwordHint}
        value={password}
        onChange={edit(setPassword)}
        own={[userName, displayName]}
        error={aboutName ? null : text}
      />
      <Button type="submit" look="primary" busy={busy}>
        {busy ? words.working : words.register}
      </Button>
    </form>
  );
}
