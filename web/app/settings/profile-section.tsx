/** The name that friends see. */
import { type FormEvent, useState } from 'react';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import type { Me } from '../../../signaling/protocol/http.ts';
import { failureText } from '../i18n/failure.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { say } from '../ui/toasts.tsx';
import { useAction } from '../ui/use-action.ts';
import { useSettingsWords } from './words.ts';

export function ProfileSection({ me }: { me: Me }) {
  const { t, format } = useSpeech();
  const words = useSettingsWords();
  const { account } = useMessenger();
  const [name, setName] = useState(me.displayName);
  const { busy, failure, run } = useAction();
  const changed = name.trim() !== '' && name.trim() !== me.displayName;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (await run(() => account.updateProfile({ displayName: name.trim() }))) say({ text: words.nameSaved });
  };
  return (
    <>
      <div className="row profile">
        <Avatar id={me.id} name={me.displayName} presence={me.presence} />
        <div className="spread">
          <bdi className="friend-row-name">{me.displayName}</bdi>
          {me.userName !== null && <p className="quiet">{t.common.pair(words.userName, me.userName)}</p>}
        </div>
      </div>
      {me.kind === 'guest' && <p className="quiet">{words.guestNote}</p>}
      <form className="stack settings-form" onSubmit={(event) => void save(event)}>
        <Field
          label={words.yourName}
          value={name}
          onChange={setName}
          maxLength={LIMITS.displayNameMax}
          autoComplete="nickname"
          error={failure && failureText(failure, t, format)}
        />
        {changed && (
          <Button type="submit" look="primary" busy={busy}>
            {t.common.save}
          </Button>
        )}
      </form>
    </>
  );
}
