/** The rows that the virtual list shows: follows the timeline one end at a time, so that nothing jumps. */
import { useLayoutEffect, useMemo } from 'react';
import type { Timeline } from '../../core/model.ts';
import { cell, type Value } from '../../core/value.ts';
import { useValue } from '../use-value.ts';
import { type Row, stepsBetween, toRows } from './rows.ts';

interface ShownRows {
  readonly rows: readonly Row[];
  readonly shift: boolean;
  /** Counts how often the list started over; a key for the virtual list. */
  readonly epoch: number;
}

export function useRows(timeline: Value<Timeline>): ShownRows {
  const following = useMemo(() => follow(timeline), [timeline]);
  const shown = useValue(following.shown);
  // Before the screen is painted, once for each further step.
  useLayoutEffect(() => following.goOn(), [following, shown]);
  return shown;
}

interface Following {
  readonly shown: Value<ShownRows>;
  /** Takes the next step, if this one did not lead all the way. */
  readonly goOn: () => void;
}

function follow(timeline: Value<Timeline>): Following {
  let { messages, firstUnreadId } = timeline.get();
  let wanted: readonly Row[] = toRows(messages, firstUnreadId);
  let shown: ShownRows = { rows: wanted, shift: false, epoch: 0 };
  const steps = cell(0);

  function step(): void {
    const next = stepsBetween(shown.rows, wanted)[0];
    if (next === undefined) return;
    shown = { rows: next.rows, shift: next.shift, epoch: shown.epoch + (next.fresh ? 1 : 0) };
  }

  /** When it is read and not when it changes: so it is drawn together with what else is read of the timeline. */
  function get(): ShownRows {
    const now = timeline.get();
    if (now.messages !== messages || now.firstUnreadId !== firstUnreadId) {
      ({ messages, firstUnreadId } = now);
      wanted = toRows(messages, firstUnreadId, wanted);
      step();
    }
    return shown;
  }

  function goOn(): void {
    if (get().rows === wanted) return;
    step();
    steps.update((taken) => taken + 1);
  }

  function subscribe(listener: () => void): () => void {
    const ends = [timeline.subscribe(listener), steps.subscribe(listener)];
    return () => ends.forEach((end) => end());
  }

  return { shown: { get, subscribe }, goOn };
}
