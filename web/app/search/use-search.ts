/** Runs the search for what is typed, page by page; a newer text calls the older search off. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Failure, SearchHit, SearchPage, SearchRun } from '../../core/model.ts';
import { useMessenger } from '../messenger-context.ts';

export interface Found {
  /** What was searched for when this was found; what is typed now may be newer. */
  readonly text: string;
  readonly hits: readonly SearchHit[];
  readonly more: boolean;
  readonly building: SearchPage['building'];
  readonly failure: Failure | null;
  readonly searching: boolean;
  /** More than the first page was asked for. */
  readonly paged: boolean;
}

const NOTHING: Found = {
  text: '',
  hits: [],
  more: false,
  building: null,
  failure: null,
  searching: false,
  paged: false,
};
/** While an older history is still being brought in, the first page is asked for again. */
const AGAIN_AFTER = 3_000;

export function useSearch(
  text: string,
  conversationId: string | null,
): Found & { readonly loadMore: () => void } {
  const messenger = useMessenger();
  const [found, setFound] = useState(NOTHING);
  const [attempt, setAttempt] = useState(0);
  const current = useRef<{ readonly run: SearchRun; busy: boolean } | null>(null);

  useEffect(() => {
    if (text.trim() === '') {
      setFound(NOTHING);
      return undefined;
    }
    const mine = { run: messenger.search(text, conversationId), busy: true };
    current.current = mine;
    // What was found before stays to be seen until there is something new.
    setFound((before) => ({ ...before, searching: true }));
    void mine.run.next().then((result) => {
      mine.busy = false;
      if (current.current !== mine) return;
      const page = result.ok ? result.value : NOTHING;
      setFound({ ...NOTHING, ...page, text, failure: result.ok ? null : result.failure });
    });
    return () => {
      current.current = null;
      mine.run.cancel();
    };
  }, [messenger, text, conversationId, attempt]);

  const waiting = found.building !== null && !found.searching && !found.paged;
  useEffect(() => {
    if (!waiting) return undefined;
    const timer = setTimeout(() => setAttempt((count) => count + 1), AGAIN_AFTER);
    return () => clearTimeout(timer);
  }, [waiting, attempt]);

  const loadMore = useCallback(() => {
    const mine = current.current;
    if (mine === null || mine.busy) return;
    mine.busy = true;
    void mine.run.next().then((result) => {
      mine.busy = false;
      if (current.current !== mine) return;
      setFound((before) =>
        result.ok
          ? { ...before, ...result.value, hits: [...before.hits, ...result.value.hits], paged: true }
          : { ...before, more: false, failure: result.failure },
      );
    });
  }, []);
  return { ...found, loadMore };
}
