/** The owner of clean-up: what is given to a scope ends when the scope does, newest first. */

export interface Scope {
  readonly ended: boolean;
  /** Runs `end` when the scope ends; at once if it already has. */
  own(end: () => void): void;
  /** A scope that ends with this one, or sooner. */
  child(): Scope;
  end(): void;
}

export function createScope(): Scope {
  const owned = new Set<() => void>();
  let ended = false;

  const scope: Scope = {
    get ended() {
      return ended;
    },
    own(end) {
      if (ended) end();
      else owned.add(end);
    },
    child() {
      const inner = createScope();
      const end = () => inner.end();
      scope.own(end);
      // A child that ends early must not stay in the parent's list, or a long life would gather dead ones.
      inner.own(() => owned.delete(end));
      return inner;
    },
    end() {
      if (ended) return;
      ended = true;
      const ends = [...owned].toReversed();
      owned.clear();
      for (const end of ends) end();
    },
  };
  return scope;
}
