/** What the relay counts: one row of shared memory per thread, summed when the metrics are read. No user names. */
import { ERROR_REASONS, type ErrorCode } from '../stun/constants.ts';

const ERROR_CODES = Object.keys(ERROR_REASONS).map(Number) as ErrorCode[];
const NAMES = [
  'allocationsMade',
  'allocationsEnded',
  'refreshes',
  'toPeerPackets',
  'toPeerBytes',
  'toClientPackets',
  'toClientBytes',
  'refusedPeers',
  'refusedPackets',
  'rateLimitedPackets',
  'unsentPackets',
  'malformed',
  'bindings',
  'silenced',
  'streams',
  'threadDeaths',
] as const;
export type CounterName = (typeof NAMES)[number];
const ROW = NAMES.length + ERROR_CODES.length;

export interface CountersMemory {
  readonly buffer: SharedArrayBuffer;
}

export function createCountersMemory(threads: number): CountersMemory {
  return { buffer: new SharedArrayBuffer(threads * ROW * 8) };
}

const INDEX = Object.fromEntries(NAMES.map((name, i) => [name, i])) as Record<CounterName, number>;
export const TO_PEER = INDEX.toPeerPackets;
export const TO_CLIENT = INDEX.toClientPackets;

/** One thread's row. Each has a single writer, so plain adds suffice. */
export class Counters {
  readonly #row: Float64Array;

  constructor(memory: CountersMemory, thread: number) {
    this.#row = new Float64Array(memory.buffer, thread * ROW * 8, ROW);
  }

  add(name: CounterName, amount = 1): void {
    this.#row[INDEX[name]]! += amount;
  }

  /** Packets and their bytes, by the packets' index: the data path has no time for names. */
  packet(index: number, bytes: number): void {
    this.#row[index]!++;
    this.#row[index + 1]! += bytes;
  }

  error(code: ErrorCode): void {
    this.#row[NAMES.length + ERROR_CODES.indexOf(code)]!++;
  }
}

export interface Totals {
  readonly counts: Readonly<Record<CounterName, number>>;
  readonly errors: Readonly<Record<number, number>>;
}

export function totals(memory: CountersMemory): Totals {
  const cells = new Float64Array(memory.buffer);
  const sum = (index: number): number => {
    let total = 0;
    for (let at = index; at < cells.length; at += ROW) total += cells[at]!;
    return total;
  };
  return {
    counts: Object.fromEntries(NAMES.map((name, i) => [name, sum(i)])) as Record<CounterName, number>,
    errors: Object.fromEntries(ERROR_CODES.map((code, i) => [code, sum(NAMES.length + i)])),
  };
}
