/** The page's end of a reader: asks it, waits for its answers, and lets it go when it has nothing to do. */
import type { Timers, WorkerPort } from '../platform.ts';
import type { ReaderReply, ReaderRequest } from './reader.ts';

export interface Reader {
  /** Sessions whose keys it was given. */
  readonly knows: Set<string>;
  /** Keys as the engine exports them. */
  learn(keys: string): void;
  /** As `ReaderReply` says; null if it is gone. */
  open(roomId: string, events: readonly string[]): Promise<readonly (string | null)[] | null>;
  end(): void;
}

/** Without work so long, ms, it ends: it takes memory. */
const IDLE = 10_000;
/** Whoever does not answer so long, ms, does not answer any more. */
const PATIENCE = 30_000;

/** `onEnd` is told an error, or null if it just had nothing to do. */
export function createReader(port: WorkerPort, timers: Timers, onEnd: (error: Error | null) => void): Reader {
  const knows = new Set<string>();
  const asked = new Map<number, (opened: readonly (string | null)[] | null) => void>();
  let count = 0;
  let ended = false;
  let cancel = timers.after(IDLE, () => end(null));

  const post = (request: ReaderRequest): void => port.post(request);

  function wait(): void {
    cancel();
    cancel =
      asked.size > 0
        ? timers.after(PATIENCE, () => end(new Error('no answer')))
        : timers.after(IDLE, () => end(null));
  }

  function end(error: Error | null): void {
    if (ended) return;
    ended = true;
    cancel();
    port.end();
    for (const answer of asked.values()) answer(null);
    onEnd(error);
  }

  port.onmessage = (message) => {
    const reply = message as ReaderReply;
    if (reply.did === 'fail') return end(new Error(reply.message));
    asked.get(reply.id)?.(reply.opened);
    asked.delete(reply.id);
    wait();
  };
  port.onerror = () => end(new Error('it could not be loaded, or died'));

  return {
    knows,
    learn: (keys) => post({ do: 'learn', keys }),
    open(roomId, events) {
      if (ended) return Promise.resolve(null);
      return new Promise((resolve) => {
        count += 1;
        asked.set(count, resolve);
        post({ do: 'open', id: count, roomId, events });
        wait();
      });
    },
    end: () => end(null),
  };
}
