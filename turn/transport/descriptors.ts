/**
 * Which thread opened which file descriptor, in shared memory: Node closes its own sockets when a thread dies, but those
 * that were opened through libc stay the process's until somebody closes them.
 *
 *     a byte for each descriptor: the thread that owns it, counted from 1; 0 for nobody
 */

/** Descriptors above this are not remembered: after a thread's death they would stay open. */
const MOST = 1 << 20;

export function createDescriptorsMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(MOST);
}

export class Descriptors {
  readonly #owners: Uint8Array;
  readonly #thread: number;

  constructor(memory: SharedArrayBuffer, thread: number) {
    this.#owners = new Uint8Array(memory);
    this.#thread = thread;
  }

  /** Opened here, or taken over from another thread. */
  own(fd: number): void {
    this.#owners[fd] = this.#thread + 1;
  }

  closed(fd: number): void {
    this.#owners[fd] = 0;
  }

  /** What a dead thread left open, to be closed by the caller. */
  bury(thread: number): number[] {
    const left: number[] = [];
    for (let fd = this.#owners.indexOf(thread + 1); fd >= 0; fd = this.#owners.indexOf(thread + 1, fd + 1)) {
      this.#owners[fd] = 0;
      left.push(fd);
    }
    return left;
  }
}
