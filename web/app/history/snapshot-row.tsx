/** In the settings: the sealed copy of one's history that the server keeps for devices to come. */
import { CloudUpload } from 'lucide-react';
import { useEffect } from 'react';
import type { SnapshotView } from '../../core/history-model.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { SettingRow } from '../settings/setting-row.tsx';
import { Button } from '../ui/button.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { Switch } from '../ui/switch.tsx';
import { useValue } from '../use-value.ts';
import { useHistoryWords } from './words.ts';
import './snapshot-row.css';

const UNKNOWN: SnapshotView = { kept: false, max: null, last: null, making: null, problem: null };

export function SnapshotRow() {
  const words = useHistoryWords().snapshot;
  const { snapshot } = useMessenger().history;
  const view = useValue(snapshot.state) ?? UNKNOWN;
  useEffect(() => snapshot.look(), [snapshot]);
  const { kept, max, last, making, problem } = view;
  const none = max === 0 && last === null && !making;
  return (
    <SettingRow icon={CloudUpload} good={kept && problem === null} name={words.name} text={words.text}>
      {none ? (
        <p>{words.refused}</p>
      ) : (
        <Switch
          label={words.keep}
          hint={words.hint}
          checked={kept || making !== null}
          onChange={(on) => (on ? snapshot.make() : snapshot.remove())}
        />
      )}
      {making ? <Making {...making} /> : last && <Last {...last} />}
      {problem !== null && !none && <Problem problem={problem} max={max} />}
      {(last !== null || problem === 'unreadable') && making === null && (
        <div className="snapshot-actions">
          <Button onClick={() => snapshot.make()}>{words.again}</Button>
          <Button look="danger" onClick={() => snapshot.remove()}>
            {words.remove}
          </Button>
        </div>
      )}
    </SettingRow>
  );
}

function Last({ at, bytes }: NonNullable<SnapshotView['last']>) {
  const { format } = useSpeech();
  return <p>{useHistoryWords().snapshot.last(format.full(at), format.bytes(bytes))}</p>;
}

/** Hidden from screen readers but for the bar, or they would hear every step of it. */
function Making({ done, total }: NonNullable<SnapshotView['making']>) {
  const { format } = useSpeech();
  const words = useHistoryWords();
  return (
    <div className="snapshot-making">
      <p>{words.snapshot.making}</p>
      <ProgressBar label={words.snapshot.making} done={done} total={total} />
      <p className="quiet" aria-hidden="true">
        {words.progress(format.number(done), format.number(total))}
      </p>
    </div>
  );
}

function Problem({
  problem,
  max,
}: {
  problem: NonNullable<SnapshotView['problem']>;
  max: SnapshotView['max'];
}) {
  const { format } = useSpeech();
  const words = useHistoryWords().snapshot;
  return (
    <p className="field-help" data-wrong role="alert">
      {problem === 'too-large' ? words.tooLarge(format.bytes(max ?? 0)) : words.problems[problem]}
    </p>
  );
}
