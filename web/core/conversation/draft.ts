/** What the person is writing in a conversation: kept soon after a change, and told as typing while it goes on. */
import type { Clock, Timers } from '../platform.ts';
import type { Scope } from '../scope.ts';
import { cell } from '../value.ts';
import type { Value } from '../value.ts';

const SAVE_AFTER = 300;
const TYPING_EVERY = 3_000;

interface Needs {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly scope: Scope;
  readonly initial: string;
  readonly save: (text: string) => void;
  readonly typing: (typing: boolean) => void;
  /** The tab is about to go. */
  readonly onLeave: (listener: () => void) => () => void;
}

export interface Draft {
  readonly text: Value<string>;
  /** The person typed. */
  readonly type: (text: string) => void;
  /** It became a message, which when stored empties the stored one. */
  readonly drop: () => void;
  /** The message could not be stored: its text is there again, unless something else was begun. */
  readonly restore: (text: string) => void;
  /** What was stored has been read. */
  readonly found: (text: string) => void;
  /** The message went out, so its end need not be told. */
  readonly sent: () => void;
}

export function createDraft({ clock, timers, scope, initial, save, typing, onLeave }: Needs): Draft {
  const text = cell(initial);
  let typingTold = -Infinity;
  let cancelSave: (() => void) | null = null;

  function write(next: string): void {
    text.set(next);
    cancelSave ??= timers.after(SAVE_AFTER, saveNow);
  }

  function forgetSave(): void {
    cancelSave?.();
    cancelSave = null;
  }

  function saveNow(): void {
    if (!cancelSave) return;
    forgetSave();
    save(text.get());
  }

  function tellTyping(next: string): void {
    const now = clock.monotonic();
    if (next === '') {
      if (typingTold > now - 2 * TYPING_EVERY) typing(false);
      typingTold = -Infinity;
    } else if (now - typingTold >= TYPING_EVERY) {
      typingTold = now;
      typing(true);
    }
  }

  scope.own(saveNow);
  scope.own(onLeave(saveNow));
  return {
    text,
    type(next) {
      write(next);
      tellTyping(next);
    },
    drop() {
      forgetSave();
      text.set('');
    },
    restore(unsent) {
      if (text.get() === '') write(unsent);
    },
    found(stored) {
      if (text.get() === '') text.set(stored);
    },
    sent: () => (typingTold = -Infinity),
  };
}
