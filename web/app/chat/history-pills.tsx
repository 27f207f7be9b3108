/** What floats over the history: back to the first unread, on to the news, down to the newest. */
import { ArrowDown, ArrowUp } from 'lucide-react';
import { IconButton } from '../ui/button.tsx';
import { useChatWords } from './words.ts';

interface HistoryPillsProps {
  readonly atEnd: boolean;
  readonly newBelow: number;
  readonly unreadAbove: boolean;
  readonly toLatest: () => void;
  readonly toUnread: () => void;
}

export function HistoryPills({ atEnd, newBelow, unreadAbove, toLatest, toUnread }: HistoryPillsProps) {
  const words = useChatWords();
  return (
    <>
      {unreadAbove && (
        <button type="button" className="pill pill-top" onClick={toUnread}>
          <ArrowUp size={16} aria-hidden="true" /> {words.toUnread}
        </button>
      )}
      {newBelow > 0 && (
        <button type="button" className="pill pill-bottom" onClick={toLatest}>
          <ArrowDown size={16} aria-hidden="true" /> {words.pill(newBelow)}
        </button>
      )}
      {newBelow === 0 && !atEnd && (
        <IconButton
          className="to-latest"
          label={words.toLatest}
          icon={<ArrowDown size={18} />}
          onClick={toLatest}
        />
      )}
    </>
  );
}
