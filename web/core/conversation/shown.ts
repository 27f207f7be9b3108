/** What is shown of one history: reads it part by part, and follows what is announced meanwhile. */
import type { Timeline } from '../model.ts';
import type { Report, Timers } from '../platform.ts';
import type { Scope } from '../scope.ts';
import { cell } from '../value.ts';
import type { Value } from '../value.ts';
import type { Announced } from './conversation.ts';
import type { Store } from './store.ts';
import { EMPTY_TIMELINE, PAGE, withChanges, withEarlier, withLater } from './timeline.ts';

interface Shown {
  readonly timeline: Value<Timeline>;
  readonly announced: (change: Announced) => void;
  readonly loadLatest: () => Promise<void>;
  readonly loadAround: (id: string) => Promise<void>;
  readonly loadEarlier: () => Promise<void>;
  readonly loadLater: () => Promise<void>;
}

interface Needs {
  readonly conversationId: string;
  readonly scope: Scope;
  readonly timers: Timers;
  /** Null when the browser's storage cannot be used. */
  readonly store: Promise<Store | null>;
  readonly report: Report;
}

/** So many messages at once may be followed by many more. */
const MANY = 100;
/** Then what comes is shown together, ms: to draw it all costs as much as to store it. A second was no cheaper. */
const TOGETHER = 300;

export function createShown({ conversationId, scope, timers, store: opening, report }: Needs): Shown {
  const timeline = cell<Timeline>(EMPTY_TIMELINE);
  /** Changes announced while a page is being read, which the page may not show yet. */
  let missed: Announced[] | null = null;
  let loading: Promise<void> = Promise.resolve();
  /** What comes while much does, until it is shown. */
  let held: Announced[] = [];
  let cancelShowing: (() => void) | null = null;
  scope.own(() => cancelShowing?.());

  /** One reading at a time; `read` returns the window as it will be, from what it is when the reading is done. */
  function load(read: (store: Store) => Promise<(current: Timeline) => Timeline>): Promise<void> {
    const previous = loading;
    loading = next();
    return loading;

    async function next(): Promise<void> {
      await previous;
      const store = await opening;
      if (scope.ended) return;
      if (!store) {
        timeline.update((current) => ({ ...current, loaded: true }));
        return;
      }
      missed = [];
      try {
        const grow = await read(store);
        const grown = grow(timeline.get());
        timeline.set(
          missed.reduce((next, { messages, removed }) => withChanges(next, messages, removed), grown),
        );
      } catch (error) {
        // The storage failed; what is shown stays, and scrolling asks again.
        if (!scope.ended) report('reading the history', error);
      } finally {
        missed = null;
      }
    }
  }

  function announced(change: Announced): void {
    if (change.conversationId !== conversationId) return;
    // Only the conversation's line in the list changed.
    if (change.messages.length + (change.removed?.length ?? 0) === 0) return;
    missed?.push(change);
    if (!timeline.get().loaded) return;
    held.push(change);
    if (!(change.more ?? change.messages.length >= MANY)) show();
    else if (cancelShowing === null) {
      show();
      showTogether();
    }
  }

  function show(): void {
    const changes = held;
    held = [];
    timeline.update((current) =>
      changes.reduce((next, { messages, removed }) => withChanges(next, messages, removed), current),
    );
  }

  function showTogether(): void {
    cancelShowing = timers.after(TOGETHER, () => {
      cancelShowing = null;
      if (held.length === 0) return;
      show();
      showTogether();
    });
  }

  const loadLatest = () =>
    load(async (store) => {
      const [messages, firstUnreadId] = await Promise.all([
        store.page(conversationId, {}, PAGE),
        store.firstUnread(conversationId),
      ]);
      return (current) => ({
        messages,
        hasEarlier: messages.length === PAGE,
        hasLater: false,
        firstUnreadId: current.loaded ? current.firstUnreadId : firstUnreadId,
        loaded: true,
      });
    });

  const loadAround = (id: string) =>
    load(async (store) => {
      const [before, target, after] = await Promise.all([
        store.page(conversationId, { before: id }, PAGE),
        store.message(conversationId, id),
        store.page(conversationId, { after: id }, PAGE),
      ]);
      return (current) => ({
        ...current,
        messages: [...before, ...(target ? [target] : []), ...after],
        hasEarlier: before.length === PAGE,
        hasLater: after.length === PAGE,
        loaded: true,
      });
    });

  const loadEarlier = () =>
    load(async (store) => {
      const first = timeline.get().messages[0]?.id;
      if (first === undefined || !timeline.get().hasEarlier) return (current) => current;
      const page = await store.page(conversationId, { before: first }, PAGE);
      return (current) => withEarlier(current, page);
    });

  const loadLater = () =>
    load(async (store) => {
      const last = timeline.get().messages.at(-1)?.id;
      if (last === undefined || !timeline.get().hasLater) return (current) => current;
      const page = await store.page(conversationId, { after: last }, PAGE);
      return (current) => withLater(current, page);
    });

  return { timeline, announced, loadLatest, loadAround, loadEarlier, loadLater };
}
