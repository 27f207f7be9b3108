/**
 * What the relay's threads must agree on, in shared memory: relay ports in use, allocations and bytes per user and
 * in total, and whether the server drains. Users are stored as keyed hashes, never as names.
 *
 *     header   lock, allocations, draining, stopping, window (second), bytes in it
 *     ports    65,536 cells for IPv4, then for IPv6: who holds the port, 0 when free: a digest of the address (24 bits)
 *              and the thread (8 bits, counted from 1)
 *     users    BUCKETS x WAYS slots of: hash, hash, allocations, window (second), bytes in it
 *     held     for each thread, by user slot: its share of the slot's allocations
 */
import { createHmac, randomBytes } from 'node:crypto';
import { locked, unlock } from './lock.ts';

const HEADER = { lock: 0, allocations: 1, draining: 2, stopping: 3, second: 4, bytes: 5 } as const;
const PORTS_AT = 8;
const PORTS = 65_536;
const USERS_AT = PORTS_AT + 2 * PORTS;
const BUCKETS = 4096;
const WAYS = 8;
const SLOT = { low: 0, high: 1, allocations: 2, second: 3, bytes: 4, cells: 5 } as const;
const SLOTS = BUCKETS * WAYS;
const HELD_AT = USERS_AT + SLOTS * SLOT.cells;
const THREAD_BITS = 0xff;

export interface LedgerLimits {
  readonly allocationsPerUser: number;
  readonly allocationsTotal: number;
  /** Bytes a second, both directions together; 0 is no limit. */
  readonly userRate: number;
  readonly totalRate: number;
}

export interface LedgerMemory {
  readonly buffer: SharedArrayBuffer;
  readonly key: Uint8Array;
}

export function createLedgerMemory(threads: number): LedgerMemory {
  return { buffer: new SharedArrayBuffer((HELD_AT + threads * SLOTS) * 4), key: randomBytes(32) };
}

export class Ledger {
  readonly #cells: Int32Array;
  readonly #key: Uint8Array;
  readonly #limits: LedgerLimits;
  readonly #thread: number;

  /** `thread`: in whose name this ledger claims. */
  constructor(memory: LedgerMemory, limits: LedgerLimits, thread: number) {
    this.#cells = new Int32Array(memory.buffer);
    this.#key = memory.key;
    this.#limits = limits;
    this.#thread = thread;
  }

  get draining(): boolean {
    return Atomics.load(this.#cells, HEADER.draining) === 1;
  }

  get stopping(): boolean {
    return Atomics.load(this.#cells, HEADER.stopping) === 1;
  }

  get allocations(): number {
    return Atomics.load(this.#cells, HEADER.allocations);
  }

  drain(): void {
    Atomics.store(this.#cells, HEADER.draining, 1);
  }

  stop(): void {
    Atomics.store(this.#cells, HEADER.stopping, 1);
  }

  claimPort(ip: Uint8Array, port: number): boolean {
    const mine = digest(ip) | (this.#thread + 1);
    return Atomics.compareExchange(this.#cells, portCell(ip, port), 0, mine) === 0;
  }

  /** The port of a relay that another thread laid down becomes this one's. */
  takeOverPort(ip: Uint8Array, port: number): void {
    Atomics.store(this.#cells, portCell(ip, port), digest(ip) | (this.#thread + 1));
  }

  releasePort(ip: Uint8Array, port: number): void {
    if (this.isLiveRelay(ip, port)) Atomics.store(this.#cells, portCell(ip, port), 0);
  }

  /** Whether a relay of this server holds that port on exactly that address. */
  isLiveRelay(ip: Uint8Array, port: number): boolean {
    return (this.#cells[portCell(ip, port)]! & ~THREAD_BITS) === digest(ip);
  }

  /** Takes one allocation from the quotas; the answer is the user's slot, to be given back by `release`. */
  claim(user: string): number | 'user quota' | 'total quota' {
    if (Atomics.add(this.#cells, HEADER.allocations, 1) >= this.#limits.allocationsTotal) {
      Atomics.sub(this.#cells, HEADER.allocations, 1);
      return 'total quota';
    }
    const slot = locked(this.#cells, HEADER.lock, this.#thread, () => this.#claimSlot(user));
    if (slot === undefined) Atomics.sub(this.#cells, HEADER.allocations, 1);
    else Atomics.add(this.#cells, heldCell(this.#thread, slot), 1);
    return slot ?? 'user quota';
  }

  release(slot: number): void {
    Atomics.sub(this.#cells, heldCell(this.#thread, slot), 1);
    this.#giveBack(slot, 1);
  }

  /** Gives back all that a dead thread held; how many allocations that were. */
  bury(thread: number): number {
    unlock(this.#cells, HEADER.lock, thread);
    let buried = 0;
    for (let slot = USERS_AT; slot < HELD_AT; slot += SLOT.cells) {
      const held = Atomics.exchange(this.#cells, heldCell(thread, slot), 0);
      if (held > 0) this.#giveBack(slot, held);
      buried += held;
    }
    for (let cell = PORTS_AT; cell < USERS_AT; cell++) {
      if ((this.#cells[cell]! & THREAD_BITS) === thread + 1) Atomics.store(this.#cells, cell, 0);
    }
    return buried;
  }

  #giveBack(slot: number, allocations: number): void {
    Atomics.sub(this.#cells, slot + SLOT.allocations, allocations);
    Atomics.sub(this.#cells, HEADER.allocations, allocations);
  }

  /** Counts bytes against the user's and the whole server's rate; false means: drop them. */
  spend(slot: number, bytes: number, second: number): boolean {
    const { userRate, totalRate } = this.#limits;
    if (userRate > 0 && !this.#spendFrom(slot + SLOT.second, bytes, second, userRate)) return false;
    return totalRate === 0 || this.#spendFrom(HEADER.second, bytes, second, totalRate);
  }

  #spendFrom(window: number, bytes: number, second: number, rate: number): boolean {
    if (this.#cells[window] !== second) {
      Atomics.store(this.#cells, window, second);
      Atomics.store(this.#cells, window + 1, 0);
    }
    return Atomics.add(this.#cells, window + 1, bytes) + bytes <= rate;
  }

  /** A user may sit in any of the bucket's slots; a slot without allocations is free. */
  #claimSlot(user: string): number | undefined {
    const hash = createHmac('sha256', this.#key).update(user).digest();
    const [low, high] = [hash.readInt32LE(0), hash.readInt32LE(4)];
    const bucket = USERS_AT + (hash.readUInt32LE(8) % BUCKETS) * WAYS * SLOT.cells;
    let free: number | undefined;
    for (let way = 0; way < WAYS; way++) {
      const slot = bucket + way * SLOT.cells;
      const used = Atomics.load(this.#cells, slot + SLOT.allocations);
      const theirs = this.#cells[slot + SLOT.low] === low && this.#cells[slot + SLOT.high] === high;
      if (theirs && used > 0) return this.#addTo(slot, used);
      if (used === 0 && (free === undefined || theirs)) free = slot;
    }
    if (free === undefined) return undefined;
    this.#cells[free + SLOT.low] = low;
    this.#cells[free + SLOT.high] = high;
    return this.#addTo(free, 0);
  }

  #addTo(slot: number, used: number): number | undefined {
    if (used >= this.#limits.allocationsPerUser) return undefined;
    Atomics.add(this.#cells, slot + SLOT.allocations, 1);
    return slot;
  }
}

function portCell(ip: Uint8Array, port: number): number {
  return PORTS_AT + (ip.length === 4 ? 0 : PORTS) + port;
}

function heldCell(thread: number, slot: number): number {
  return HELD_AT + thread * SLOTS + (slot - USERS_AT) / SLOT.cells;
}

/** FNV-1a, less the bits that are the thread's: tells this host's few addresses apart in one cell. */
function digest(ip: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of ip) hash = Math.imul(hash ^ byte, 0x01000193);
  const kept = hash & ~THREAD_BITS;
  return kept === 0 ? THREAD_BITS + 1 : kept;
}
