/** Asks for a passphrase and saves the whole history as a file. */
import { type FormEvent, useState } from 'react';
import type { Me } from '../../../signaling/protocol/http.ts';
import { NewPassword } from '../enter/new-password.tsx';
import { isStrong } from '../enter/password-check.ts';
import { download } from '../files/save.ts';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { say } from '../ui/toasts.tsx';
import { Running } from './running.tsx';
import { useRun } from './use-run.ts';
import { useHistoryWords } from './words.ts';

export function SaveDialog({ me, onClose }: { me: Me; onClose: () => void }) {
  const words = useHistoryWords();
  const { history } = useMessenger();
  const own = [me.userName ?? '', me.displayName];
  const [passphrase, setPassphrase] = useState('');
  const [weak, setWeak] = useState(false);
  const { progress, ended, start, cancel } = useRun();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const strong = await isStrong(passphrase, own);
    setWeak(!strong);
    if (!strong) return;
    const made = await start((run) => history.exportFile(passphrase, run));
    if (!made) return;
    download(made.value, words.save.fileName(new Date().toLocaleDateString('sv-SE')));
    say({ text: words.save.done });
    onClose();
  };
  const failed = ended && ended.why !== 'other-account' && ended.why !== 'cancelled';
  return (
    <Dialog open onClose={onClose} title={words.save.title} stays={progress !== null}>
      {progress ? (
        <Running name={words.save.running} progress={progress} onCancel={cancel} />
      ) : (
        <form className="stack" onSubmit={(event) => void save(event)}>
          <p>{words.save.text}</p>
          <NewPassword
            label={words.save.passphrase}
            hint={words.save.hint}
            value={passphrase}
            onChange={(value) => {
              setPassphrase(value);
              setWeak(false);
            }}
            own={own}
            error={weak ? words.save.weak : failed ? words.problems[ended.why] : null}
          />
          <div className="dialog-actions">
            <Button type="submit" look="primary" disabled={passphrase === ''}>
              {words.save.start}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
