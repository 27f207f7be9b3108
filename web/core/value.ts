/** An observable value: what core shows to the page. Reading is synchronous; a listener is told that it changed, and reads again. */

export interface Value<T> {
  get(): T;
  /** Calls `listener` after every change until the returned function is called. */
  subscribe(listener: () => void): () => void;
}

export interface Cell<T> extends Value<T> {
  /** Stores `next`; listeners hear of it unless it is the same value (Object.is). */
  set(next: T): void;
  update(change: (current: T) => T): void;
}

export function cell<T>(initial: T): Cell<T> {
  let current = initial;
  const listeners = new Set<() => void>();
  const set = (next: T): void => {
    if (Object.is(next, current)) return;
    current = next;
    for (const listener of listeners) listener();
  };
  return {
    get: () => current,
    set,
    update: (change) => set(change(current)),
    subscribe: (listener) => {
      // A wrapper of its own, so that subscribing one function twice and ending one of the two works.
      const entry = () => listener();
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
  };
}

/** Part of another value, computed when read; it changes when what `read` returns does. */
export function derived<T, U>(source: Value<T>, read: (value: T) => U): Value<U> {
  return {
    get: () => read(source.get()),
    subscribe: (listener) => {
      let last = read(source.get());
      return source.subscribe(() => {
        const next = read(source.get());
        if (Object.is(next, last)) return;
        last = next;
        listener();
      });
    },
  };
}
