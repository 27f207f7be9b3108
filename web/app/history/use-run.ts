/** One export or import at a time: how far it has come, why the last one ended, and the way to end it. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { HistoryOutcome, HistoryProblem, HistoryRun } from '../../core/history-model.ts';

interface Progress {
  readonly done: number;
  readonly total: number;
}

type Ended = { readonly why: HistoryProblem } | { readonly why: 'other-account'; readonly name: string };

export interface Run {
  /** Null while nothing runs. */
  readonly progress: Progress | null;
  readonly ended: Ended | null;
  /** Resolves to the value, or to null when there is none. */
  readonly start: <T>(work: (run: HistoryRun) => Promise<HistoryOutcome<T>>) => Promise<{ value: T } | null>;
  readonly cancel: () => void;
  readonly clear: () => void;
}

export function useRun(): Run {
  const [progress, setProgress] = useState<Progress | null>(null);
  const [ended, setEnded] = useState<Ended | null>(null);
  const stop = useRef<AbortController | null>(null);
  const cancel = useCallback(() => stop.current?.abort(), []);
  useEffect(() => cancel, [cancel]);
  const start: Run['start'] = useCallback(async (work) => {
    const controller = new AbortController();
    stop.current = controller;
    setEnded(null);
    setProgress({ done: 0, total: 1 });
    const onProgress = (done: number, total: number) => setProgress({ done, total });
    const outcome = await work({ signal: controller.signal, onProgress });
    setProgress(null);
    if (outcome.ok) return { value: outcome.value };
    setEnded(outcome);
    return null;
  }, []);
  const clear = useCallback(() => setEnded(null), []);
  return { progress, ended, start, cancel, clear };
}
