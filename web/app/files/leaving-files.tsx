/** Above the composer: files on their way to the server, where they wait for a friend who is away. */
import { CircleAlert, FileUp, RotateCw, X } from 'lucide-react';
import type { Conversation, LeavingFile } from '../../core/model.ts';
import { failureText } from '../i18n/failure.ts';
import { useSpeech } from '../i18n/index.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { useValue } from '../use-value.ts';
import { speedWords } from './transfer-words.ts';
import { useFileWords } from './words.ts';
import './file-card.css';
import './leaving-files.css';

interface LeavingFilesProps {
  readonly conversation: Conversation;
  readonly friendName: string;
}

export function LeavingFiles({ conversation, friendName }: LeavingFilesProps) {
  const words = useFileWords();
  const leaving = useValue(conversation.leaving);
  if (leaving.length === 0) return null;
  return (
    <ul className="leaving" aria-label={words.leaving.title}>
      {leaving.map((file) => (
        <Row key={file.id} file={file} friendName={friendName} conversation={conversation} />
      ))}
    </ul>
  );
}

interface RowProps extends LeavingFilesProps {
  readonly file: LeavingFile;
}

function Row({ file, friendName, conversation }: RowProps) {
  const { format } = useSpeech();
  const words = useFileWords();
  const { id, name, size, bytes, problem } = file;
  const Icon = problem === null ? FileUp : CircleAlert;
  const all = format.bytes(size);
  const putAway = problem !== null && problem.why !== 'failed';
  return (
    <li className="leaving-file" data-problem={problem?.why}>
      <Icon size={20} aria-hidden="true" />
      <div className="spread">
        <p className="file-card-name">
          <bdi className="clip" title={name}>
            {name}
          </bdi>
          <span className="file-card-size">{putAway ? all : words.progress(format.bytes(bytes), all)}</span>
        </p>
        {!putAway && <ProgressBar label={words.bar(name)} done={bytes} total={size} />}
        <Standing file={file} friendName={friendName} />
      </div>
      {problem?.why === 'failed' && (
        <Button icon={<RotateCw size={16} />} onClick={() => conversation.leaveAgain(id)}>
          {words.tryAgain}
        </Button>
      )}
      <IconButton
        label={putAway ? words.leaving.putAway(name) : words.leaving.cancel(name)}
        icon={<X size={18} />}
        onClick={() => conversation.dropLeaving(id)}
      />
    </li>
  );
}

/** Read out when something went wrong, but not at each step of the way. */
function Standing({ file, friendName }: Pick<RowProps, 'file' | 'friendName'>) {
  const speech = useSpeech();
  const words = useFileWords();
  const { problem, bytes, speed } = file;
  if (problem !== null) {
    return (
      <p className="quiet" role="alert">
        <Problem problem={problem} friendName={friendName} />
      </p>
    );
  }
  const moving = bytes > 0 && speed !== null;
  return (
    <p className="quiet">
      {moving ? speedWords(speed, { ...speech, words }) : words.leaving.starting(friendName)}
    </p>
  );
}

function Problem({
  problem,
  friendName,
}: {
  problem: NonNullable<LeavingFile['problem']>;
  friendName: string;
}) {
  const { t, format } = useSpeech();
  const words = useFileWords();
  switch (problem.why) {
    case 'failed':
      return failureText(problem.failure, t, format);
    case 'unreadable':
      return words.mine.unreadable;
    case 'too-large':
      return words.leaving.tooLarge(format.bytes(problem.limit), friendName);
    case 'full':
      return words.leaving.full(friendName);
    case 'refused':
      return words.leaving.refused(friendName);
  }
}
