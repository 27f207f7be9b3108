/** The card of a file in a conversation: what it is, how far it has come, and what can be done about it. */
import { Download, File as FileIcon, FolderDown, RotateCw, X } from 'lucide-react';
import type { Message, TransferView } from '../../core/model.ts';
import { useContacts } from '../contacts/people.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { say } from '../ui/toasts.tsx';
import { saveWhenComplete } from './auto-save.tsx';
import { canChoosePlace, choosePlace, saveKept } from './save.ts';
import { transferWords } from './transfer-words.ts';
import { useTransfer } from './use-transfer.ts';
import { useFileWords } from './words.ts';
import './file-card.css';

interface FileCardProps {
  readonly message: Message;
  readonly friendName: string;
}

export function FileCard({ message, friendName }: FileCardProps) {
  const { t, format } = useSpeech();
  const words = useFileWords();
  const view = useTransfer(message);
  const away = useContacts().get(message.conversationId)?.presence.state === 'offline';
  if (!view) return null;
  const { name, size } = view.file;
  const running = view.phase === 'waiting' || view.phase === 'moving' || view.phase === 'finishing';
  const bytes = format.bytes(size);
  return (
    <div className="file-card" data-phase={view.phase}>
      <span className="file-card-icon" aria-hidden="true">
        <FileIcon size={20} />
      </span>
      <div className="spread">
        <p className="file-card-name">
          <bdi className="clip" title={name}>
            {name}
          </bdi>
          <span className="file-card-size">
            {running ? words.progress(format.bytes(view.bytes), bytes) : bytes}
          </span>
        </p>
        {running && <ProgressBar label={words.bar(name)} done={view.bytes} total={size} />}
        <p className="file-card-text" data-problem={isProblem(view) || undefined}>
          {transferWords(view, friendName, away, { t, format, words })}
        </p>
        <Controls message={message} view={view} />
      </div>
    </div>
  );
}

function Controls({ message, view }: { message: Message; view: TransferView }) {
  const words = useFileWords();
  const { transfers } = useMessenger();
  const incoming = view.direction === 'in';
  const accept = () => {
    saveWhenComplete(message.id);
    transfers.accept(message, null);
  };
  const acceptTo = async () => {
    const place = await choosePlace(view.file.name);
    if (place) transfers.accept(message, place);
  };
  const save = async () => {
    if (!(await saveKept(transfers, message.id, view.file.name))) say({ text: words.notHere });
  };
  const may = whatMayBeDone(view);
  if (!may.accept && !may.cancel && !may.save) return null;
  if (may.accept && !transfers.available) return <p className="file-card-text">{words.insecure}</p>;
  return (
    <div className="file-card-controls">
      {may.accept && (
        <>
          <Button
            look="primary"
            icon={may.again ? <RotateCw size={16} /> : <Download size={16} />}
            onClick={accept}
          >
            {may.again ? words.tryAgain : words.accept}
          </Button>
          {canChoosePlace() && (
            <Button icon={<FolderDown size={16} />} onClick={() => void acceptTo()}>
              {words.saveAs}
            </Button>
          )}
          {view.phase === 'offered' && (
            <Button onClick={() => transfers.decline(message)}>{words.decline}</Button>
          )}
        </>
      )}
      {may.cancel && (
        <Button icon={<X size={16} />} onClick={() => transfers.cancel(message)}>
          {words.cancel}
        </Button>
      )}
      {may.save && incoming && (
        <Button look="primary" icon={<Download size={16} />} onClick={() => void save()}>
          {words.save}
        </Button>
      )}
    </div>
  );
}

function whatMayBeDone({ direction, phase, stop, kept }: TransferView) {
  const running = ['opening', 'waiting', 'moving'].includes(phase);
  const again = (phase === 'stopped' && stop?.by === 'me') || (phase === 'offered' && stop !== null);
  return {
    again,
    accept: direction === 'in' && (phase === 'offered' || phase === 'declined' || again),
    cancel: running || (phase === 'offered' && direction === 'out'),
    save: phase === 'complete' && kept,
  };
}

/** Something went wrong, rather than that somebody decided. */
function isProblem({ stop }: TransferView): boolean {
  return stop !== null && stop.reason !== 'person' && stop.reason !== 'taken';
}
