/** Who is typing right now in which conversation: believed for a few seconds after each word of it. */
import type { Timers } from '../platform.ts';
import type { Scope } from '../scope.ts';
import { cell } from '../value.ts';
import type { Value } from '../value.ts';

const BELIEVED = 6_000;

/** Ids of people by conversation; where nobody types there is no entry. */
export type Typists = ReadonlyMap<string, readonly string[]>;

export interface Typing {
  readonly typists: Value<Typists>;
  heard(conversationId: string, userId: string, typing: boolean): void;
}

export function createTyping(timers: Timers, scope: Scope): Typing {
  const typists = cell<Typists>(new Map());
  const ends = new Map<string, () => void>();
  scope.own(() => ends.forEach((cancel) => cancel()));

  function show(conversationId: string, userId: string, typing: boolean): void {
    const before = typists.get().get(conversationId) ?? [];
    if (before.includes(userId) === typing) return;
    const there = typing ? [...before, userId] : before.filter((each) => each !== userId);
    const next = new Map(typists.get());
    if (there.length > 0) next.set(conversationId, there);
    else next.delete(conversationId);
    typists.set(next);
  }

  return {
    typists,
    heard(conversationId, userId, typing) {
      const key = `${conversationId} ${userId}`;
      ends.get(key)?.();
      ends.delete(key);
      if (typing) {
        const end = (): void => {
          ends.delete(key);
          show(conversationId, userId, false);
        };
        ends.set(key, timers.after(BELIEVED, end));
      }
      show(conversationId, userId, typing);
    },
  };
}
