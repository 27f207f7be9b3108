/** Makes this device a trusted one: by password, by recovery code, by another device, or with new keys. */
import { MonitorSmartphone, RotateCcw } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { Me } from '../../../signaling/protocol/http.ts';
import type { SecurityState } from '../../core/model.ts';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { Field, PasswordField } from '../ui/field.tsx';
import { say } from '../ui/toasts.tsx';
import { useAction } from '../ui/use-action.ts';
import { StartOver } from './start-over.tsx';
import { useWrong } from './use-wrong.ts';
import { useSecurityWords } from './words.ts';
import './restore.css';

export type RestoreWays = Extract<SecurityState, { state: 'needs-restore' }>;

interface RestoreProps {
  readonly me: Me;
  readonly ways: RestoreWays;
  /** What comes next is shown elsewhere. */
  readonly onElsewhere?: () => void;
}

export function Restore({ me, ways, onElsewhere }: RestoreProps) {
  const words = useSecurityWords();
  const [wanted, setWanted] = useState<'password' | 'code'>('password');
  const both = ways.byPassword && ways.byCode;
  const by = both ? wanted : ways.byPassword ? 'password' : 'code';
  return (
    <div className="stack">
      <p>{words.restore.text}</p>
      {(ways.byPassword || ways.byCode) && (
        <div className="restore-secret">
          <SecretForm key={by} me={me} by={by} />
          {both && (
            <Button look="quiet" onClick={() => setWanted(by === 'password' ? 'code' : 'password')}>
              {by === 'password' ? words.restore.useCode : words.restore.usePassword}
            </Button>
          )}
        </div>
      )}
      <OtherWays me={me} onElsewhere={onElsewhere} />
    </div>
  );
}

function SecretForm({ me, by }: { me: Me; by: 'password' | 'code' }) {
  const words = useSecurityWords();
  const { security } = useMessenger();
  const [secret, setSecret] = useState('');
  const { busy, failure, run } = useAction();
  const wrong = useWrong(failure, by === 'password' ? words.restore.wrongPassword : words.restore.wrongCode);
  const unlock = async (event: FormEvent) => {
    event.preventDefault();
    const given = by === 'password' ? { password: secret } : { code: secret.trim() };
    if (await run(() => security.restore(given))) say({ text: words.restore.unlocked });
  };
  return (
    <form className="stack restore-form" onSubmit={(event) => void unlock(event)}>
      {/* Password managers look for the name that the password belongs to. */}
      <input hidden readOnly autoComplete="username" value={me.userName ?? ''} />
      {by === 'password' ? (
        <PasswordField
          label={words.restore.password}
          value={secret}
          onChange={setSecret}
          autoComplete="current-password"
          required
          error={wrong}
        />
      ) : (
        <Field
          label={words.restore.code}
          hint={words.restore.codeHint}
          value={secret}
          onChange={setSecret}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          dir="ltr"
          required
          error={wrong}
        />
      )}
      <Button type="submit" look="primary" busy={busy} disabled={secret.trim() === ''}>
        {words.restore.unlock}
      </Button>
    </form>
  );
}

function OtherWays({ me, onElsewhere }: { me: Me; onElsewhere: (() => void) | undefined }) {
  const words = useSecurityWords();
  const { security } = useMessenger();
  const [startingOver, setStartingOver] = useState(false);
  const compare = () => {
    onElsewhere?.();
    security.verify(me.id);
  };
  return (
    <section className="restore-others">
      <p className="section-name">{words.restore.others}</p>
      <Button icon={<MonitorSmartphone size={16} />} onClick={compare}>
        {words.restore.byDevice}
      </Button>
      <p className="quiet">{words.restore.byDeviceHint}</p>
      <Button look="danger" icon={<RotateCcw size={16} />} onClick={() => setStartingOver(true)}>
        {words.restore.startOver}
      </Button>
      <StartOver open={startingOver} onClose={() => setStartingOver(false)} />
    </section>
  );
}
