/** How far something has come; full when there is nothing to do. */
import './progress-bar.css';

interface ProgressBarProps {
  readonly label: string;
  readonly done: number;
  readonly total: number;
}

export function ProgressBar({ label, done, total }: ProgressBarProps) {
  const [value, max] = total === 0 ? [1, 1] : [done, total];
  return <progress className="progress-bar" max={max} value={value} aria-label={label} />;
}
