/** Who is typing right now: believed for a few seconds after each word of it. */
import type { Timers } from '../platform.ts';
import type { Scope } from '../scope.ts';
import { cell } from '../value.ts';
import type { Value } from '../value.ts';

const BELIEVED = 6_000;

export interface Typing {
  readonly friends: Value<ReadonlySet<string>>;
  heard(friendId: string, typing: boolean): void;
}

export function createTyping(timers: Timers, scope: Scope): Typing {
  const friends = cell<ReadonlySet<string>>(new Set());
  const ends = new Map<string, () => void>();
  scope.own(() => ends.forEach((cancel) => cancel()));

  function show(friendId: string, typing: boolean): void {
    if (friends.get().has(friendId) === typing) return;
    const next = new Set(friends.get());
    if (typing) next.add(friendId);
    else next.delete(friendId);
    friends.set(next);
  }

  return {
    friends,
    heard(friendId, typing) {
      ends.get(friendId)?.();
      ends.delete(friendId);
      if (typing)
        ends.set(
          friendId,
          timers.after(BELIEVED, () => show(friendId, false)),
        );
      show(friendId, typing);
    },
  };
}
