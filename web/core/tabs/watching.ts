/** What the person looks at in this tab: which conversations are open, and whether the newest of one is in view. */

export interface Watching {
  /** Conversations that are open here, each once. */
  open(): readonly string[];
  /** Until the returned function is called; a conversation may be held more than once. */
  hold(conversationId: string): () => void;
  /** `isWatched` is asked whether the person sees the end of the conversation, until the returned function is called. */
  watch(conversationId: string, isWatched: () => boolean): () => void;
  isWatched(conversationId: string): boolean;
}

/** `onChange`: something was opened or closed. */
export function createWatching(onChange: () => void): Watching {
  const holds = new Map<string, number>();
  const watchers = new Map<string, Set<() => boolean>>();

  function count(conversationId: string, by: 1 | -1): void {
    const now = (holds.get(conversationId) ?? 0) + by;
    if (now > 0) holds.set(conversationId, now);
    else holds.delete(conversationId);
    onChange();
  }

  return {
    open: () => [...holds.keys()],
    hold(conversationId) {
      count(conversationId, 1);
      return () => count(conversationId, -1);
    },
    watch(conversationId, isWatched) {
      const all = watchers.get(conversationId) ?? new Set();
      watchers.set(conversationId, all.add(isWatched));
      return () => {
        if (all.delete(isWatched) && all.size === 0) watchers.delete(conversationId);
      };
    },
    isWatched: (conversationId) => [...(watchers.get(conversationId) ?? [])].some((ask) => ask()),
  };
}
