/**
 * A new secret for a group from which somebody has gone, so that they cannot read what it will be called. Whoever removes
 * somebody sees to it at once; after whoever left by themselves the owner does, and if they are not there an admin.
 */
import { inBackground } from '../background.ts';
import type { Result } from '../model.ts';
import type { Report, Timers } from '../platform.ts';
import type { Scope } from '../scope.ts';
import type { Book } from './book.ts';

interface Needs {
  readonly ownId: string;
  readonly book: Book;
  readonly timers: Timers;
  readonly scope: Scope;
  readonly reseal: (groupId: string) => Promise<Result>;
  readonly report: Report;
}

export interface Resealing {
  /** Plans it if it is to be done, and this person may. */
  consider(groupId: string): void;
}

/** Whoever comes next among those who may waits so much longer. */
const TURN = 15_000;

export function createResealing({ ownId, book, timers, scope, reseal, report }: Needs): Resealing {
  const background = inBackground(report);
  const planned = new Map<string, () => void>();
  scope.own(() => planned.forEach((cancel) => cancel()));

  /** 0 for the owner, then admins as they came; null for whoever may not. */
  function turnOf(groupId: string): number | null {
    const record = book.get(groupId);
    if (record?.state?.stale !== true || record.state.room !== null || record.secret === null) return null;
    const { members } = record.state;
    const leading = ['owner', 'admin'].flatMap((role) => members.filter((member) => member.role === role));
    const turn = leading.findIndex(({ id }) => id === ownId);
    return turn < 0 ? null : turn;
  }

  return {
    consider(groupId) {
      const turn = turnOf(groupId);
      if (turn === null || planned.has(groupId) || scope.ended) return;
      const perform = (): void => {
        planned.delete(groupId);
        // Failing, the next look at the log brings it up again.
        if (turnOf(groupId) !== null) background('sealing a group anew', reseal(groupId));
      };
      planned.set(groupId, timers.after(turn * TURN, perform));
    },
  };
}
