/**
 * Relay sockets kept for whoever brings the token (RFC 8656, EVEN-PORT with the R bit). The second request comes
 * from another port, so perhaps to another thread: hence shared memory, and sockets by their handle.
 *
 *     cell 0: lock; then PLACES x: thread that laid it down (from 1), token (2), digest of the user name (2),
 *     expiry (s), handle, port, size of the address, address (4)
 */
import { createHash, randomBytes } from 'node:crypto';
import { address, type Address } from '../stun/address.ts';
import { locked, unlock } from './lock.ts';

/** RFC 8656, section 7.2: at least 30 seconds. */
const LIFETIME_MS = 30_000;
const PLACES = 256;
const LOCK = 0;
const CELL = {
  owner: 0,
  token: 1,
  user: 3,
  expiry: 5,
  handle: 6,
  port: 7,
  size: 8,
  ip: 9,
  cells: 13,
} as const;

export interface Reserved {
  /** What the opener needs to take the socket up again. */
  readonly handle: number;
  readonly address: Address;
}

export function createReservationsMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer((1 + PLACES * CELL.cells) * 4);
}

export class Reservations {
  readonly #cells: Int32Array;
  readonly #thread: number;

  constructor(memory: SharedArrayBuffer, thread: number) {
    this.#cells = new Int32Array(memory);
    this.#thread = thread;
  }

  /** The token to give out, or undefined when too many are kept already. */
  keep(reserved: Reserved, username: string, wallMs: number): Uint8Array | undefined {
    return locked(this.#cells, LOCK, this.#thread, () => {
      const at = this.#find((place) => this.#cells[place] === 0);
      if (at === undefined) return undefined;
      const token = randomBytes(8);
      const { ip, port } = reserved.address;
      const bytes = new Uint8Array(16);
      bytes.set(ip);
      this.#cells.set(
        [
          this.#thread + 1,
          ...words(token),
          ...userWords(username),
          Math.ceil((wallMs + LIFETIME_MS) / 1000) | 0,
          reserved.handle,
          port,
          ip.length,
          ...words(bytes),
        ],
        at,
      );
      return token;
    });
  }

  /** Takes one out: once, in time, and only for the user that it was reserved for. */
  redeem(token: Uint8Array, username: string, wallMs: number): Reserved | undefined {
    const [low, high] = words(token.slice());
    const [user, user2] = userWords(username);
    return this.#take((at) => {
      const cells = this.#cells;
      const theirs = cells[at + CELL.user] === user && cells[at + CELL.user + 1] === user2;
      const inTime = cells[at + CELL.expiry]! * 1000 > wallMs;
      return theirs && inTime && cells[at + CELL.token] === low && cells[at + CELL.token + 1] === high;
    });
  }

  takeExpired(wallMs: number): Reserved | undefined {
    return this.#take((at) => this.#cells[at + CELL.expiry]! * 1000 <= wallMs);
  }

  /** What a dead thread had laid down goes with it. */
  bury(thread: number): void {
    unlock(this.#cells, LOCK, thread);
    for (let at = 1; at < this.#cells.length; at += CELL.cells) {
      Atomics.compareExchange(this.#cells, at + CELL.owner, thread + 1, 0);
    }
  }

  #take(fits: (at: number) => boolean): Reserved | undefined {
    return locked(this.#cells, LOCK, this.#thread, () => {
      const at = this.#find((place) => this.#cells[place] !== 0 && fits(place));
      if (at === undefined) return undefined;
      const cells = this.#cells;
      const ip = new Uint8Array(cells.slice(at + CELL.ip, at + CELL.cells).buffer, 0, cells[at + CELL.size]);
      const reserved = { handle: cells[at + CELL.handle]!, address: address(ip, cells[at + CELL.port]!) };
      cells[at] = 0;
      return reserved;
    });
  }

  #find(fits: (at: number) => boolean): number | undefined {
    for (let at = 1; at < this.#cells.length; at += CELL.cells) if (fits(at)) return at;
    return undefined;
  }
}

function words(bytes: Uint8Array): Int32Array {
  return new Int32Array(Uint8Array.from(bytes).buffer);
}

function userWords(username: string): Int32Array {
  return words(createHash('sha256').update(username).digest().subarray(0, 8));
}
