/** Shown while this browser's history is brought to the form of a newer Holler: until then there is nothing else to see. */
import { useEffect, useState } from 'react';
import type { HistoryUpgrade } from '../../core/history-model.ts';
import { Mark } from '../brand/mark.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { useHistoryWords } from './words.ts';
import './upgrade-screen.css';

/** What takes less than this is nobody's business. */
const GRACE_MS = 500;

export function UpgradeScreen({ upgrade }: { upgrade: HistoryUpgrade }) {
  const { title, text } = useHistoryWords().upgrade[upgrade.state];
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), GRACE_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return null;
  return (
    <div className="placeholder upgrade">
      <Mark size={88} />
      <h2>{title}</h2>
      {upgrade.state === 'running' && (
        <ProgressBar label={title} done={upgrade.done} total={Math.max(1, upgrade.total)} />
      )}
      <p className="quiet">{text}</p>
    </div>
  );
}
