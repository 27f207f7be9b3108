/**
 * What the relay's threads must agree on, in shared memory: relay ports in use, allocations and bytes per user and
 * in total, and whether the server drains. Users are stored as keyed hashes, never as names.
 *
 *     header   lock, allocations, draining, stopping, window (second), bytes in it
 *     ports    65,536 cells for IPv4, then for IPv6: a digest of the address that holds the port, 0 when free
 *     users    BUCKETS x WAYS slots of: hash, hash, allocations, window (second), bytes in it
 */
import { createHmac, randomBytes } from 'node:crypto';
import { locked } from './lock.ts';

const HEADER = { lock: 0, allocations: 1, draining: 2, stopping: 3, second: 4, bytes: 5 } as const;
const PORTS_AT = 8;
const PORTS = 65_536;
const USERS_AT = PORTS_AT + 2 * PORTS;
const BUCKETS = 4096;
const WAYS = 8;
const SLOT = { low: 0, high: 1, allocations: 2, second: 3, bytes: 4, cells: 5 } as const;
const CELLS = USERS_AT + BUCKETS * WAYS * SLOT.cells;

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

export function createLedgerMemory(): LedgerMemory {
  return { buffer: new SharedArrayBuffer(CELLS * 4), key: randomBytes(32) };
}

export class Ledger {
  readonly #cells: Int32Array;
  readonly #key: Uint8Array;
  readonly #limits: LedgerLimits;

  constructor(memory: LedgerMemory, limits: LedgerLimits) {
    this.#cells = new Int32Array(memory.buffer);
    this.#key = memory.key;
    this.#limits = limits;
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
    return Atomics.compareExchange(this.#cells, portCell(ip, port), 0, digest(ip)) === 0;
  }

  releasePort(ip: Uint8Array, port: number): void {
    Atomics.compareExchange(this.#cells, portCell(ip, port), digest(ip), 0);
  }

  /** Whether a relay of this server holds that port on exactly that address. */
  isLiveRelay(ip: Uint8Array, port: number): boolean {
    return this.#cells[portCell(ip, port)] === digest(ip);
  }

  /** Takes one allocation from the quotas; the answer is the user's slot, to be given back by `release`. */
  claim(user: string): number | 'user quota' | 'total quota' {
    if (Atomics.add(this.#cells, HEADER.allocations, 1) >= this.#limits.allocationsTotal) {
      Atomics.sub(this.#cells, HEADER.allocations, 1);
      return 'total quota';
    }
    const slot = locked(this.#cells, HEADER.lock, () => this.#claimSlot(user));
    if (slot === undefined) Atomics.sub(this.#cells, HEADER.allocations, 1);
    return slot ?? 'user quota';
  }

  release(slot: number): void {
    Atomics.sub(this.#cells, slot + SLOT.allocations, 1);
    Atomics.sub(this.#cells, HEADER.allocations, 1);
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

/** FNV-1a: tells this host's few addresses apart in one cell, and is never 0. */
function digest(ip: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of ip) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash === 0 ? 1 : hash;
}
