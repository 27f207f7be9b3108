/** The rows that the virtual list shows: follows the timeline one end at a time, so that nothing jumps. */
import { useLayoutEffect, useMemo, useState } from 'react';
import type { Timeline } from '../../core/model.ts';
import { type Row, stepsBetween, toRows } from './rows.ts';

export interface ShownRows {
  readonly rows: readonly Row[];
  readonly shift: boolean;
  /** Counts how often the list started over; a key for the virtual list. */
  readonly epoch: number;
}

export function useRows(timeline: Timeline): ShownRows {
  const wanted = useMemo(
    () => toRows(timeline.messages, timeline.firstUnreadId),
    [timeline.messages, timeline.firstUnreadId],
  );
  const [shown, setShown] = useState<ShownRows>({ rows: wanted, shift: false, epoch: 0 });
  // Before the screen is painted, and once more for each further step.
  useLayoutEffect(() => {
    if (shown.rows === wanted) return;
    const step = stepsBetween(shown.rows, wanted)[0];
    if (step === undefined) return;
    setShown({ rows: step.rows, shift: step.shift, epoch: shown.epoch + (step.fresh ? 1 : 0) });
  }, [shown, wanted]);
  return shown;
}
