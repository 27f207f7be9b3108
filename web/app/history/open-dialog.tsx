/** Asks for a file and its passphrase and brings in what it holds. */
import { FileUp } from 'lucide-react';
import { type FormEvent, useId, useRef, useState } from 'react';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { PasswordField } from '../ui/field.tsx';
import { say } from '../ui/toasts.tsx';
import { Running } from './running.tsx';
import { useRun } from './use-run.ts';
import { useHistoryWords } from './words.ts';
import './open-dialog.css';

export function OpenDialog({ onClose }: { onClose: () => void }) {
  const { t, format } = useSpeech();
  const words = useHistoryWords();
  const { history } = useMessenger();
  const [file, setFile] = useState<File | null>(null);
  const [passphrase, setPassphrase] = useState('');
  const { progress, ended, start, cancel, clear } = useRun();
  const bringIn = async (anyAccount: boolean) => {
    if (!file) return;
    const done = await start((run) => history.importFile(file, passphrase, anyAccount, run));
    if (!done) return;
    say({ text: words.open.done(done.value, format.number(done.value)) });
    onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void bringIn(false);
  };
  const other = ended?.why === 'other-account' ? ended : null;
  return (
    <Dialog
      open
      onClose={onClose}
      title={other ? words.open.otherTitle : words.open.title}
      stays={progress !== null}
    >
      {progress ? (
        <Running name={words.open.running} progress={progress} onCancel={cancel} />
      ) : other ? (
        <div className="stack">
          <p role="alert">{words.open.other(other.name)}</p>
          <div className="dialog-actions">
            <Button onClick={clear}>{t.common.cancel}</Button>
            <Button look="danger" onClick={() => void bringIn(true)}>
              {words.open.anyway}
            </Button>
          </div>
        </div>
      ) : (
        <form className="stack" onSubmit={submit}>
          <p>{words.open.text}</p>
          <FileChoice file={file} onChoose={setFile} />
          <PasswordField
            label={words.open.passphrase}
            value={passphrase}
            onChange={(value) => {
              setPassphrase(value);
              clear();
            }}
            autoComplete="off"
            required
            error={ended && ended.why !== 'other-account' ? words.problems[ended.why] : null}
          />
          <div className="dialog-actions">
            <Button type="submit" look="primary" disabled={file === null || passphrase === ''}>
              {words.open.start}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

/** The browser's own control cannot be given words or a look. */
function FileChoice({ file, onChoose }: { file: File | null; onChoose: (file: File) => void }) {
  const words = useHistoryWords();
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  return (
    <div className="row history-file">
      <input
        ref={input}
        id={id}
        type="file"
        className="visually-hidden"
        aria-label={words.open.file}
        tabIndex={-1}
        onChange={({ target }) => target.files?.[0] && onChoose(target.files[0])}
      />
      <Button data-first icon={<FileUp size={16} />} onClick={() => input.current?.click()}>
        {words.open.choose}
      </Button>
      <bdi className="clip spread">{file?.name}</bdi>
    </div>
  );
}
