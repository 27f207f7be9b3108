/** Rings a friend, and says in a sentence why that could not be. */
import { useCallback } from 'react';
import type { CallKind } from '../../core/model.ts';
import { useMessenger } from '../messenger-context.ts';
import { say } from '../ui/toasts.tsx';
import { useCallWords } from './words.ts';

export function useRing(): (friendId: string, kind: CallKind) => void {
  const words = useCallWords();
  const { calls } = useMessenger();
  return useCallback(
    (friendId, kind) => {
      void calls.ring(friendId, kind).then((problem) => {
        if (problem) say({ text: words.problem[problem], key: 'call-problem', urgent: true });
      });
    },
    [calls, words],
  );
}
