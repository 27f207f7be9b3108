/**
 * A lock in shared memory, for the few things that the relay's threads change together. It says which thread holds it,
 * so that one that died with it can be relieved of it.
 */

const WAIT_MS = 50;

export function locked<T>(cells: Int32Array, at: number, thread: number, work: () => T): T {
  for (;;) {
    const holder = Atomics.compareExchange(cells, at, 0, thread + 1);
    if (holder === 0) break;
    Atomics.wait(cells, at, holder, WAIT_MS);
  }
  try {
    return work();
  } finally {
    unlock(cells, at, thread);
  }
}

/** Also for a thread that is dead; nothing happens when it does not hold the lock. */
export function unlock(cells: Int32Array, at: number, thread: number): void {
  Atomics.compareExchange(cells, at, thread + 1, 0);
  Atomics.notify(cells, at, 1);
}
