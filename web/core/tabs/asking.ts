/** Questions to the leading tab that want an answer: answered here if this one leads, else over the bus. */
import type { Result } from '../model.ts';
import type { Timers } from '../platform.ts';
import { fail } from '../result.ts';
import type { Ask, TabMessage } from './bus.ts';

/** By then the leading tab is gone, and nobody took over. */
const PATIENCE = 60_000;

type Perform = (ask: Ask) => Promise<Result<string | null>>;
type Asked = Extract<TabMessage, { kind: 'ask' | 'answer' }>;

interface Needs {
  readonly timers: Timers;
  readonly newId: () => string;
  readonly post: (message: Asked) => void;
}

export interface Asking {
  readonly ask: (ask: Ask) => Promise<Result<string | null>>;
  /** From another tab. */
  take(message: Asked): void;
  /** Another tab leads from now on, and did not hear what still waits. */
  again(): void;
  /** This tab leads from now on: what still waits for an answer is for it. */
  lead(perform: Perform): void;
}

export function createAsking({ timers, newId, post }: Needs): Asking {
  const waiting = new Map<string, { ask: Ask; answer: (result: Result<string | null>) => void }>();
  let perform: Perform | null = null;

  return {
    ask(ask) {
      if (perform) return perform(ask);
      return new Promise((resolve) => {
        const id = newId();
        const finish = (result: Result<string | null>): void => {
          if (!waiting.delete(id)) return;
          cancel();
          resolve(result);
        };
        const cancel = timers.after(PATIENCE, () => finish(fail('unavailable')));
        waiting.set(id, { ask, answer: finish });
        post({ kind: 'ask', id, ask });
      });
    },
    take(message) {
      if (message.kind === 'answer') waiting.get(message.id)?.answer(message.result);
      else {
        const { id } = message;
        void perform?.(message.ask).then((result) => post({ kind: 'answer', id, result }));
      }
    },
    again() {
      for (const [id, { ask }] of waiting) post({ kind: 'ask', id, ask });
    },
    lead(own) {
      perform = own;
      for (const { ask, answer } of waiting.values()) void own(ask).then(answer);
    },
  };
}
