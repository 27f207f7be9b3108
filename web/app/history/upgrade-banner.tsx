/** Said while this browser's history is brought to the form of a newer Holler, during which it cannot be shown. */
import { History } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { HistoryUpgrade } from '../../core/history-model.ts';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { useHistoryWords } from './words.ts';
import './move-banner.css';

/** What takes less than this is nobody's business. */
const GRACE_MS = 500;

export function UpgradeBanner({ upgrade }: { upgrade: HistoryUpgrade }) {
  const words = useHistoryWords().upgrade;
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), GRACE_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return null;
  const text = words[upgrade.state];
  return (
    <div className="banner move-banner">
      <History size={16} aria-hidden="true" />
      <div className="spread upgrade">
        <p>{text}</p>
        {upgrade.state === 'running' && (
          <ProgressBar label={text} done={upgrade.done} total={Math.max(1, upgrade.total)} />
        )}
      </div>
    </div>
  );
}
