/** Notices that a tab is gone, however it went: each holds a lock of its own as long as it lives. */
import type { Locks } from '../platform.ts';
import type { Scope } from '../scope.ts';

interface Needs {
  readonly locks: Locks;
  readonly scope: Scope;
  /** The name of this tab. */
  readonly tab: string;
  /** A tab that was watched is gone, or slept for so long that it could not keep its lock. */
  readonly onGone: () => void;
}

export interface Lifelines {
  /** Another tab, until it is gone. */
  watch(tab: string): void;
}

const lifelineOf = (tab: string): string => `holler-tab-${tab}`;

export function createLifelines({ locks, scope, tab: own, onGone }: Needs): Lifelines {
  const watched = new Set<string>();
  scope.own(locks.acquire(lifelineOf(own), () => undefined));

  return {
    watch(tab) {
      if (tab === own || watched.has(tab)) return;
      watched.add(tab);
      const watching = scope.child();
      watching.own(
        locks.acquire(lifelineOf(tab), () => {
          watched.delete(tab);
          watching.end();
          onGone();
        }),
      );
    },
  };
}
