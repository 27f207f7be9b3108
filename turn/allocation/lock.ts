/** A lock in shared memory, for the few things that the relay's threads change together. */

const WAIT_MS = 50;

export function locked<T>(cells: Int32Array, at: number, work: () => T): T {
  while (Atomics.compareExchange(cells, at, 0, 1) !== 0) Atomics.wait(cells, at, 1, WAIT_MS);
  try {
    return work();
  } finally {
    Atomics.store(cells, at, 0);
    Atomics.notify(cells, at, 1);
  }
}
