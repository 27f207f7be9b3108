/** Leaving: this device, or for good. */
import { LogOut, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Me } from '../../../signaling/protocol/http.ts';
import { failureText } from '../i18n/failure.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { Confirm } from '../ui/dialog.tsx';
import { PasswordField } from '../ui/field.tsx';
import { useAction } from '../ui/use-action.ts';
import { useSettingsWords } from './words.ts';

export function AccountSection({ me }: { me: Me }) {
  const { t, format } = useSpeech();
  const words = useSettingsWords();
  const { account } = useMessenger();
  const [asking, setAsking] = useState<'log-out' | 'delete' | null>(null);
  const [password, setPassword] = useState('');
  const { busy, failure, run, clear } = useAction();
  const guest = me.kind === 'guest';
  const wrong = failure === null ? null : failureText(failure, t, format);
  const ask = (what: 'log-out' | 'delete' | null) => {
    clear();
    setPassword('');
    setAsking(what);
  };
  const remove = () => void run(() => account.deleteAccount({ password: guest ? null : password }));
  return (
    <div className="row settings-leave">
      <Button icon={<LogOut size={16} />} onClick={() => ask('log-out')}>
        {words.logOut}
      </Button>
      <Button look="danger" icon={<Trash2 size={16} />} onClick={() => ask('delete')}>
        {words.deleteAccount}
      </Button>
      <Confirm
        open={asking === 'log-out'}
        onClose={() => ask(null)}
        title={words.logOutTitle}
        text={guest ? words.logOutGuestText : words.logOutText}
        action={words.logOut}
        busy={busy}
        onConfirm={() => void run(() => account.logOut())}
      >
        {wrong !== null && <Wrong text={wrong} />}
      </Confirm>
      <Confirm
        open={asking === 'delete'}
        onClose={() => ask(null)}
        title={words.deleteTitle}
        text={words.deleteText}
        action={words.deleteConfirm}
        busy={busy}
        onConfirm={remove}
      >
        {guest ? (
          wrong !== null && <Wrong text={wrong} />
        ) : (
          <PasswordField
            label={words.deletePassword}
            value={password}
            onChange={setPassword}
            autoComplete="current-password"
            error={wrong}
          />
        )}
      </Confirm>
    </div>
  );
}

function Wrong({ text }: { text: string }) {
  return (
    <p className="field-help" data-wrong role="alert">
      {text}
    </p>
  );
}
