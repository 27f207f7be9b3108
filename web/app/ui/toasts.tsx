/** Small notices in a corner: what just happened, and the one thing to do about it. Drawn by toast-view.tsx, loaded with the first. */
import { lazy, Suspense, useMemo, useState } from 'react';
import type { Failure } from '../../core/model.ts';
import { cell } from '../../core/value.ts';
import { failureText } from '../i18n/failure.ts';
import { useSpeech } from '../i18n/index.ts';
import { useValue } from '../use-value.ts';

export interface Said {
  /** A notice with the same key takes the place of the one before. */
  readonly key: string;
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
  /** Stays until it is dismissed. */
  readonly stays?: boolean;
  readonly urgent?: boolean;
}

/** What was said and not yet shown. */
export const said = cell<readonly Said[]>([]);

let count = 0;

export function say(notice: Omit<Said, 'key'> & { readonly key?: string }): void {
  said.update((waiting) => [...waiting, { key: `said-${(count += 1)}`, ...notice }]);
}

/** Says why something did not happen. */
export function useSayFailure(): (failure: Failure) => void {
  const { t, format } = useSpeech();
  return useMemo(
    () => (failure) =>
      say({ text: failureText(failure, t, format), key: `failure-${failure.code}`, urgent: true }),
    [t, format],
  );
}

const ToastView = lazy(() => import('./toast-view.tsx').then((module) => ({ default: module.ToastView })));

export function Toasts() {
  const waiting = useValue(said).length > 0;
  const [wanted, setWanted] = useState(false);
  if (waiting && !wanted) setWanted(true);
  return <Suspense fallback={null}>{wanted && <ToastView />}</Suspense>;
}
