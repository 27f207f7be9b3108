/** A history being written or brought in: how far it is, and the way to end it. */
import { useSpeech } from '../i18n/index.ts';
import { Button } from '../ui/button.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import type { Run } from './use-run.ts';
import { useHistoryWords } from './words.ts';

interface RunningProps {
  readonly name: string;
  readonly progress: NonNullable<Run['progress']>;
  readonly onCancel: () => void;
}

export function Running({ name, progress: { done, total }, onCancel }: RunningProps) {
  const { t, format } = useSpeech();
  const words = useHistoryWords();
  return (
    <div className="stack">
      <p>{name}</p>
      <ProgressBar label={name} done={done} total={total} />
      {done > 0 && <p className="quiet">{words.progress(format.number(done), format.number(total))}</p>}
      <div className="dialog-actions">
        <Button onClick={onCancel}>{t.common.cancel}</Button>
      </div>
    </div>
  );
}
