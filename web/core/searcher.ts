/** A tab's way to the search, whose code is loaded when it is first needed. */
import type { Database } from './database.ts';
import type { SearchRun } from './model.ts';
import type { Platform } from './platform.ts';
import { fail } from './result.ts';
import type { Scope } from './scope.ts';
import type { Indexer } from './search/indexer.ts';

interface Searcher {
  search(text: string, conversationId: string | null): SearchRun;
  /** In the leading tab: messages have changed, or were left over by the tab that led before. */
  wake(): void;
}

interface Needs {
  readonly platform: Pick<Platform, 'database' | 'timers' | 'report'>;
  readonly scope: Scope;
  /** Null when the browser's storage cannot be used. */
  readonly database: Promise<Database | null>;
}

/** The first paint, and the link that a person comes for, are first, ms. */
const START_AFTER = 3_000;

export function createSearcher({ platform, scope, database: opening }: Needs): Searcher {
  const { KeyRange } = platform.database;
  let indexer: Indexer | null = null;
  let cancelStart: (() => void) | null = null;

  function wake(): void {
    if (indexer) indexer.wake();
    else cancelStart ??= platform.timers.after(START_AFTER, () => void start());
  }

  async function start(): Promise<void> {
    const database = await opening;
    if (!database || scope.ended) return;
    try {
      const { createIndexer } = await import('./search/indexer.ts');
      indexer = createIndexer({
        database,
        KeyRange,
        timers: platform.timers,
        scope,
        report: platform.report,
      });
      indexer.wake();
    } catch (error) {
      // Without a network its code cannot be loaded; what is in the queue is searched all the same.
      platform.report('loading what keeps the search', error);
      cancelStart = null;
    }
  }

  function search(text: string, conversationId: string | null): SearchRun {
    let cancelled = false;
    let starting: Promise<SearchRun | null> | null = null;
    async function begin(): Promise<SearchRun | null> {
      const database = await opening;
      if (!database) return null;
      const { startSearch } = await import('./search/search.ts');
      return startSearch({ database, KeyRange, text, conversationId });
    }
    async function next(): ReturnType<SearchRun['next']> {
      try {
        starting ??= begin();
        const run = await starting;
        if (!run) return fail('storage');
        if (cancelled) run.cancel();
        return await run.next();
      } catch (error) {
        // Its code cannot be loaded; the next attempt may.
        platform.report('searching', error);
        starting = null;
        return fail('network');
      }
    }
    return {
      next,
      cancel() {
        cancelled = true;
        starting?.then(
          (run) => run?.cancel(),
          () => undefined,
        );
      },
    };
  }

  scope.own(() => cancelStart?.());
  return { search, wake };
}
