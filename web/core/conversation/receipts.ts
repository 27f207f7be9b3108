/**
 * Answers what came: one receipt at a time to each person, with all that comes meanwhile in the next one. Those that nobody
 * asks for again are sent until they went.
 */
import { backOffDelay } from '../back-off.ts';
import type { Random, Report, Timers } from '../platform.ts';
import type { Scope } from '../scope.ts';
import { WIRE_LIMITS } from '../wire/message.ts';
import type { OwedReceipts } from './owed-receipts.ts';

interface Recipient {
  /** The conversation. */
  readonly conversationId: string;
  readonly userId: string;
  /** Nobody asks again for want of it, so it must not be lost. */
  readonly sure: boolean;
}

export interface Receipts {
  /** Has these letters from somebody. */
  readonly say: (to: Recipient, delivered: readonly string[]) => void;
  /** Says what a tab that is gone did not. */
  readonly takeUp: () => void;
}

interface Needs {
  readonly timers: Timers;
  readonly random: Pick<Random, 'fraction'>;
  readonly scope: Scope;
  readonly owed: OwedReceipts;
  /** Resolves to whether it went to all for whom it is. */
  readonly send: (to: Recipient, delivered: readonly string[]) => Promise<boolean>;
  readonly report: Report;
}

/** What is to be said to somebody, of which the first part may be on its way. */
interface Line {
  readonly to: Recipient;
  ids: readonly string[];
}

/** So long one that is on its way holds up the next one, ms. */
const PATIENCE = 30_000;
const RETRY = { first: 2_000, max: 300_000 };
/** Owed to one person in one conversation; of more, the oldest are not said. */
const OWED_MAX = 10_000;

export function createReceipts({ timers, random, scope, owed, send, report }: Needs): Receipts {
  const lines = new Map<string, Line>();

  async function sayAll(line: Line): Promise<void> {
    let failures = 0;
    while (line.ids.length > 0 && !scope.ended) {
      const now = line.ids.slice(0, WIRE_LIMITS.receiptMax);
      const went = await sayOnce(line.to, now);
      // Of the others, letters that lack theirs come again.
      if (went || !line.to.sure) {
        failures = 0;
        setIds(line, line.ids.slice(now.length));
      } else {
        failures += 1;
        setIds(line, line.ids.slice(-OWED_MAX));
        await pause(backOffDelay(RETRY, failures, random.fraction()));
      }
    }
  }

  function setIds(line: Line, ids: readonly string[]): void {
    line.ids = ids;
    if (line.to.sure) owed.note({ ...line.to, ids });
  }

  /** Until it was said, or is not waited for any longer: what hangs must not keep all that comes after it. */
  function sayOnce(to: Recipient, ids: readonly string[]): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (went: boolean): void => {
        cancel();
        resolve(went);
      };
      const cancel = timers.after(PATIENCE, () => settle(false));
      send(to, ids).then(settle, (error: unknown) => {
        report('sending a receipt', error);
        settle(false);
      });
    });
  }

  const pause = (ms: number): Promise<void> => new Promise((resolve) => void timers.after(ms, resolve));

  function say(to: Recipient, delivered: readonly string[]): void {
    const key = `${to.conversationId} ${to.userId} ${to.sure}`;
    const known = lines.get(key);
    const line = known ?? { to, ids: [] };
    setIds(line, [...new Set([...line.ids, ...delivered])]);
    if (known) return;
    lines.set(key, line);
    void sayAll(line).finally(() => lines.delete(key));
  }

  return {
    say,
    takeUp() {
      for (const { conversationId, userId, ids } of owed.all()) {
        const isUnderWay = lines.has(`${conversationId} ${userId} true`);
        if (!isUnderWay) say({ conversationId, userId, sure: true }, ids);
      }
    },
  };
}
