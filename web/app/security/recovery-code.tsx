/** Makes a recovery code after the password was given, and shows it once: to copy, to save, to print. */
import { Check, Copy, Download, Printer } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { Me } from '../../../signaling/protocol/http.ts';
import { download } from '../files/save.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { copyText } from '../ui/copy-text.ts';
import { Dialog } from '../ui/dialog.tsx';
import { PasswordField } from '../ui/field.tsx';
import { useAction } from '../ui/use-action.ts';
import { useWrong } from './use-wrong.ts';
import { useSecurityWords } from './words.ts';
import './recovery-code.css';

interface RecoveryCodeProps {
  readonly me: Me;
  /** There is one already. */
  readonly replaces: boolean;
  readonly onClose: () => void;
}

export function RecoveryCode({ me, replaces, onClose }: RecoveryCodeProps) {
  const words = useSecurityWords();
  const [made, setMade] = useState<string | null>(null);
  // A new one is there as soon as it was made: what is said of an older one is of that before.
  const [before] = useState(replaces);
  return (
    <Dialog open onClose={onClose} title={words.code.sheet} stays={made !== null}>
      {made === null ? (
        <Making me={me} replaces={before} onMade={setMade} />
      ) : (
        <Made code={made} onClose={onClose} />
      )}
    </Dialog>
  );
}

interface MakingProps {
  readonly me: Me;
  readonly replaces: boolean;
  readonly onMade: (code: string) => void;
}

function Making({ me, replaces, onMade }: MakingProps) {
  const words = useSecurityWords();
  const { security } = useMessenger();
  const [password, setPassword] = useState('');
  const { busy, failure, run } = useAction();
  const make = async (event: FormEvent) => {
    event.preventDefault();
    const created = await run(() => security.createRecoveryCode(password));
    if (created) onMade(created.value);
  };
  const wrong = useWrong(failure, words.restore.wrongPassword);
  return (
    <form className="stack" onSubmit={(event) => void make(event)}>
      <p>
        {words.code.text} {replaces && <strong>{words.code.replaces}</strong>}
      </p>
      {/* Password managers look for the name that the password belongs to. */}
      <input hidden readOnly autoComplete="username" value={me.userName ?? ''} />
      <PasswordField
        label={words.restore.password}
        value={password}
        onChange={setPassword}
        autoComplete="current-password"
        required
        error={wrong}
      />
      <div className="dialog-actions">
        <Button type="submit" look="primary" busy={busy} disabled={password === ''}>
          {words.code.make}
        </Button>
      </div>
    </form>
  );
}

/** `code` comes in groups with dashes between; whoever types it may leave them out. */
function Made({ code, onClose }: { code: string; onClose: () => void }) {
  const { t } = useSpeech();
  const words = useSecurityWords();
  const [copied, setCopied] = useState(false);
  const copy = async () => setCopied(await copyText(code));
  return (
    <div className="stack recovery">
      <p role="status">{words.code.shown}</p>
      <output className="recovery-code" aria-label={words.code.label} dir="ltr">
        {code.split('-').map((group, place) => (
          // Two groups may be the same, and the order is fixed.
          // oxlint-disable-next-line react/no-array-index-key
          <span key={place}>{group} </span>
        ))}
      </output>
      <div className="recovery-keep">
        <Button icon={copied ? <Check size={16} /> : <Copy size={16} />} onClick={() => void copy()}>
          {copied ? t.common.copied : t.common.copy}
        </Button>
        <Button
          icon={<Download size={16} />}
          onClick={() => download(new Blob([`${code}\n`], { type: 'text/plain' }), words.code.fileName)}
        >
          {words.code.saveFile}
        </Button>
        <Button icon={<Printer size={16} />} onClick={() => window.print()}>
          {words.code.print}
        </Button>
      </div>
      <div className="dialog-actions">
        <Button look="primary" onClick={onClose}>
          {words.code.done}
        </Button>
      </div>
    </div>
  );
}
