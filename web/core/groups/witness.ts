/**
 * Whether the server shows this device the same log of a group as it shows the others. Each says with all that it writes
 * how far its own log goes (`Spoken.log`). Who knows more than this device makes it ask the server; if that does not hand
 * it out, or has handed out something else in its place, nothing more is sent there until the member has handed on what
 * is lacking (handing-on.ts), or the person decides. It is one member's word against the server's, so the person may also
 * decide against the member.
 */
import { inBackground } from '../background.ts';
import type { Result } from '../model.ts';
import type { Clock, Report, Timers } from '../platform.ts';
import type { Scope } from '../scope.ts';
import type { LogPosition } from '../wire/message.ts';
import type { Book } from './book.ts';
import type { GroupRecord } from './record.ts';

interface Needs {
  readonly book: Book;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly timers: Timers;
  readonly scope: Scope;
  /** Reads what is new from the server. */
  readonly sync: (groupId: string) => Promise<Result>;
  /** Asks this member for what the server does not hand out. */
  readonly ask: (groupId: string, memberId: string) => Promise<void>;
  /** Sending into this group stops, or goes on. */
  readonly onDecided: (groupId: string) => void;
  readonly report: Report;
}

export interface Witness {
  heard(groupId: string, memberId: string, said: LogPosition): Promise<void>;
  /** More of the log is known: a doubt may be over. */
  settle(groupId: string): Promise<void>;
  /** Asks the server now, and then whoever raised the doubt. */
  recheck(groupId: string): Promise<Result>;
  /** The member who raised the doubt showed another log. */
  forked(groupId: string, memberId: string): Promise<void>;
  overrule(groupId: string): Promise<void>;
}

/** The server is asked at most so often about one group. */
const ASK_EVERY = 5_000;
/** A server that does not answer for so long withholds. */
const SILENCE_MAX = 60_000;

/** `unknown`: too long ago to tell. */
type Comparison = 'same' | 'ahead' | 'forked' | 'unknown';

export function compare({ state, heads }: GroupRecord, { revision, head }: LogPosition): Comparison {
  if (!state) return 'unknown';
  if (revision > state.revision) return 'ahead';
  const own = revision === state.revision ? state.head : heads.at(revision - state.revision - 1);
  if (own === undefined) return 'unknown';
  return own === head ? 'same' : 'forked';
}

interface Claim {
  readonly said: LogPosition;
  readonly since: number;
}

export function createWitness(needs: Needs): Witness {
  const { book, clock, timers, scope, sync, ask, onDecided } = needs;
  const background = inBackground(needs.report);
  /** By group and member: who knows more than this device. */
  const claims = new Map<string, Map<string, Claim>>();
  const planned = new Map<string, () => void>();
  const asked = new Map<string, number>();
  scope.own(() => planned.forEach((cancel) => cancel()));

  const isIn = ({ state }: GroupRecord, personId: string): boolean =>
    state?.members.some(({ id }) => id === personId) ?? false;

  async function heard(groupId: string, memberId: string, said: LogPosition): Promise<void> {
    await book.ready;
    const record = book.get(groupId);
    if (!record || !isIn(record, memberId)) return;
    const compared = compare(record, said);
    if (compared === 'same') await agreed(record, memberId, said);
    else if (compared === 'forked') await doubt(groupId, memberId, said);
    else if (compared === 'ahead') {
      const ofGroup = claims.get(groupId) ?? new Map<string, Claim>();
      ofGroup.set(memberId, { said, since: ofGroup.get(memberId)?.since ?? clock.monotonic() });
      claims.set(groupId, ofGroup);
      plan(groupId);
    }
  }

  async function agreed({ id, state, overruled }: GroupRecord, memberId: string, said: LogPosition) {
    if (said.revision !== state?.revision || !overruled.includes(memberId)) return;
    await book.update(id, (record) => ({
      ...record,
      overruled: record.overruled.filter((one) => one !== memberId),
    }));
  }

  function plan(groupId: string): void {
    if (planned.has(groupId) || scope.ended) return;
    const wait = Math.max(0, (asked.get(groupId) ?? -Infinity) + ASK_EVERY - clock.monotonic());
    const next = (): void => {
      planned.delete(groupId);
      // Should the database fail, the next letter brings it up again.
      background("asking for a group's log", askServer(groupId));
    };
    planned.set(groupId, timers.after(wait, next));
  }

  async function askServer(groupId: string): Promise<Result> {
    asked.set(groupId, clock.monotonic());
    const read = await sync(groupId);
    const answered = read.ok || ['conflict', 'not-found', 'forbidden'].includes(read.failure.code);
    for (const [memberId, { said, since }] of claims.get(groupId) ?? []) {
      const record = book.get(groupId);
      const compared = record ? compare(record, said) : 'unknown';
      if (compared === 'ahead' && !answered && clock.monotonic() - since < SILENCE_MAX) continue;
      claims.get(groupId)?.delete(memberId);
      if (compared === 'ahead' || compared === 'forked') await doubt(groupId, memberId, said);
    }
    if ((claims.get(groupId)?.size ?? 0) > 0) plan(groupId);
    const raised = book.get(groupId)?.doubt;
    if (raised?.kind === 'withheld') await ask(groupId, raised.memberId);
    return read;
  }

  async function doubt(groupId: string, memberId: string, said: LogPosition): Promise<void> {
    await book.update(groupId, (record) => {
      if (record.doubt?.kind === 'forked' || record.overruled.includes(memberId)) return record;
      const kind = compare(record, said) === 'forked' ? 'forked' : 'withheld';
      return { ...record, doubt: { ...said, memberId, kind } };
    });
    if (book.get(groupId)?.doubt) onDecided(groupId);
  }

  async function settle(groupId: string): Promise<void> {
    const before = book.get(groupId)?.doubt ?? null;
    await book.update(groupId, (record) => {
      const { doubt: now } = record;
      if (!now) return record;
      const compared = compare(record, now);
      const over = !isIn(record, now.memberId) || compared === 'same' || compared === 'unknown';
      if (over) return { ...record, doubt: null };
      return compared === 'forked' && now.kind !== 'forked'
        ? { ...record, doubt: { ...now, kind: 'forked' } }
        : record;
    });
    if (before && !book.get(groupId)?.doubt) onDecided(groupId);
  }

  async function forked(groupId: string, memberId: string): Promise<void> {
    await book.update(groupId, (record) =>
      record.doubt?.memberId === memberId
        ? { ...record, doubt: { ...record.doubt, kind: 'forked' } }
        : record,
    );
  }

  return {
    heard,
    settle,
    forked,
    recheck: askServer,
    async overrule(groupId) {
      await book.update(groupId, (record) => {
        if (!record.doubt) return record;
        const { memberId } = record.doubt;
        return { ...record, doubt: null, overruled: [...new Set([...record.overruled, memberId])] };
      });
      claims.delete(groupId);
      onDecided(groupId);
    },
  };
}
