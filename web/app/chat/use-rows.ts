/** The rows that the virtual list shows: follows the timeline one end at a time, so that nothing jumps. */
import { useLayoutEffect, useState } from 'react';
import type { Timeline } from '../../core/model.ts';
import { type Row, stepsBetween, toRows } from './rows.ts';

interface ShownRows {
  readonly rows: readonly Row[];
  readonly shift: boolean;
  /** Counts how often the list started over; a key for the virtual list. */
  readonly epoch: number;
}

interface Following {
  readonly messages: Timeline['messages'];
  readonly firstUnreadId: string | null;
  /** Where the steps lead. */
  readonly wanted: readonly Row[];
  readonly shown: ShownRows;
}

export function useRows({ messages, firstUnreadId }: Timeline): ShownRows {
  const [before, setFollowing] = useState<Following>(() => {
    const wanted = toRows(messages, firstUnreadId);
    return { messages, firstUnreadId, wanted, shown: { rows: wanted, shift: false, epoch: 0 } };
  });
  let following = before;
  if (before.messages !== messages || before.firstUnreadId !== firstUnreadId) {
    // While drawing and not after it, so that what has come is in the page with the first commit.
    following = stepped({
      ...before,
      messages,
      firstUnreadId,
      wanted: toRows(messages, firstUnreadId, before.wanted),
    });
    setFollowing(following);
  }
  // Before the screen is painted, once for each further step.
  useLayoutEffect(() => {
    if (following.shown.rows !== following.wanted) setFollowing(stepped(following));
  }, [following]);
  return following.shown;
}

function stepped(following: Following): Following {
  const { shown, wanted } = following;
  const step = stepsBetween(shown.rows, wanted)[0];
  if (step === undefined) return following;
  const epoch = shown.epoch + (step.fresh ? 1 : 0);
  return { ...following, shown: { rows: step.rows, shift: step.shift, epoch } };
}
