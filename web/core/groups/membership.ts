/** Who is a member of a group, or was when they wrote something: by the log as far as it is known, else the server is asked. */
import type { Result } from '../model.ts';
import type { Clock, Timers } from '../platform.ts';
import type { Scope } from '../scope.ts';
import type { Book } from './book.ts';

/** `later`: the server could not be asked whether they are. */
export type Membership = 'yes' | 'no' | 'later';

interface Needs {
  readonly book: Book;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly timers: Timers;
  readonly scope: Scope;
  /** Reads what is new from the server. */
  readonly sync: (groupId: string) => Promise<Result>;
  /** Of whom it was said that it is found out `later`, it can be now. */
  readonly onChecked: () => void;
}

export interface Members {
  readonly isIn: (groupId: string, personId: string) => boolean;
  /** At that time (ms since 1970 by the server); null: now. */
  readonly wasMember: (groupId: string, personId: string, at: number | null) => Promise<Membership>;
  readonly isMember: (groupId: string, personId: string) => Promise<boolean>;
}

/** Whoever writes and is no member makes this device ask the server at most so often; in between, what they write waits. */
const CHECK_EVERY = 10_000;

export function createMembers({ book, clock, timers, scope, sync, onChecked }: Needs): Members {
  const checked = new Map<string, number>();
  let cancelLook: (() => void) | null = null;
  scope.own(() => cancelLook?.());

  const isIn = (groupId: string, personId: string): boolean =>
    book.get(groupId)?.state?.members.some(({ id }) => id === personId) ?? false;

  function wasIn(groupId: string, personId: string, at: number | null): boolean {
    const ended = book.get(groupId)?.past[personId];
    return isIn(groupId, personId) || (at !== null && ended !== undefined && at < ended);
  }

  async function wasMember(groupId: string, personId: string, at: number | null): Promise<Membership> {
    await book.ready;
    if (wasIn(groupId, personId, at)) return 'yes';
    // However many groups somebody makes up.
    const name = book.get(groupId) ? groupId : '';
    const rest = (checked.get(name) ?? -Infinity) + CHECK_EVERY - clock.monotonic();
    if (rest > 0) {
      // They may have been let in again since. What is not in the mailbox comes again by itself.
      const isOver = at === null && book.get(groupId)?.past[personId] !== undefined;
      if (!isOver) lookAgain(rest);
      return isOver ? 'no' : 'later';
    }
    checked.set(name, clock.monotonic());
    const read = await sync(groupId);
    if (wasIn(groupId, personId, at)) return 'yes';
    if (!read.ok && read.failure.code !== 'not-found') return 'later';
    return 'no';
  }

  function lookAgain(wait: number): void {
    cancelLook ??= timers.after(wait, () => {
      cancelLook = null;
      onChecked();
    });
  }

  const isMember = async (groupId: string, personId: string): Promise<boolean> =>
    (await wasMember(groupId, personId, null)) === 'yes';

  return { isIn, wasMember, isMember };
}
