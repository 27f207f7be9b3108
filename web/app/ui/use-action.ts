/** Runs one action of core at a time for a form: whether it is under way, and why the last one failed. */
import { useCallback, useState } from 'react';
import type { Failure, Result } from '../../core/model.ts';

interface Action {
  readonly busy: boolean;
  readonly failure: Failure | null;
  /** Resolves to the value, or to null after a failure. */
  readonly run: <T>(work: () => Promise<Result<T>>) => Promise<{ readonly value: T } | null>;
  readonly clear: () => void;
}

export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const run = useCallback(async <T>(work: () => Promise<Result<T>>) => {
    setBusy(true);
    setFailure(null);
    try {
      const result = await work();
      if (result.ok) return { value: result.value };
      setFailure(result.failure);
      return null;
    } finally {
      setBusy(false);
    }
  }, []);
  const clear = useCallback(() => setFailure(null), []);
  return { busy, failure, run, clear };
}
