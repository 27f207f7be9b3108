/** Answers what came: one receipt at a time to each person, with all that comes meanwhile in the next one. */
import type { Report, Timers } from '../platform.ts';
import { WIRE_LIMITS } from '../wire/message.ts';

interface Recipient {
  /** The conversation. */
  readonly conversationId: string;
  readonly userId: string;
  /** Nobody asks again for want of it, so it must not be lost. */
  readonly sure: boolean;
}

/** Has these letters from somebody. */
export type Receipts = (to: Recipient, delivered: readonly string[]) => void;

interface Needs {
  readonly timers: Timers;
  readonly send: (to: Recipient, delivered: readonly string[]) => Promise<unknown>;
  readonly report: Report;
}

/** So long one that is on its way holds up the next one, ms. */
const PATIENCE = 30_000;

export function createReceipts({ timers, send, report }: Needs): Receipts {
  /** What is to be said next, by whom a receipt is on its way to. */
  const waiting = new Map<string, string[]>();

  async function sayAll(to: Recipient, ids: string[]): Promise<void> {
    // One that could not be sent is not sent later either: letters that lack theirs come again.
    while (ids.length > 0) await say(to, ids.splice(0, WIRE_LIMITS.receiptMax));
  }

  /** Until it was said, or is not waited for any longer: what hangs must not keep all that comes after it. */
  function say(to: Recipient, ids: readonly string[]): Promise<void> {
    return new Promise((resolve) => {
      const cancel = timers.after(PATIENCE, resolve);
      send(to, ids)
        .catch((error: unknown) => report('sending a receipt', error))
        .finally(() => {
          cancel();
          resolve();
        });
    });
  }

  return (to, delivered) => {
    const key = `${to.conversationId} ${to.userId} ${to.sure}`;
    const next = waiting.get(key);
    if (next) next.push(...delivered);
    else {
      const ids = [...delivered];
      waiting.set(key, ids);
      void sayAll(to, ids).finally(() => waiting.delete(key));
    }
  };
}
