/**
 * Bounds what an unauthenticated UDP source can make us say: its address may be forged, so that what is answered goes
 * to somebody else. The shortest challenge is longer than the shortest question (28 bytes, from Chromium), so the bound
 * is a sum: all that a source was answered never exceeds all that it sent by more than `perSecond` bytes a second, four
 * seconds' worth at once. A fixed table: whatever arrives, memory does not grow; sources that share a cell share its
 * budget.
 */
import { randomInt } from 'node:crypto';

const CELLS = 32_768;
export const BURST_SECONDS = 4;

export class AnswerBudget {
  readonly #balance = new Float64Array(CELLS);
  readonly #refilledAt = new Float64Array(CELLS);
  readonly #seed = randomInt(0x7fffffff);
  readonly #perSecond: number;

  /** `perSecond`: bytes each source may be answered beyond what it sent. */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#refilledAt.fill(Number.NEGATIVE_INFINITY);
  }

  /** Whether an answer of that size may go out to a question of that size. */
  spend(source: Uint8Array, question: number, answer: number, nowMs: number): boolean {
    const cell = this.#cellOf(source);
    const most = this.#perSecond * BURST_SECONDS;
    const seconds = (nowMs - this.#refilledAt[cell]!) / 1000;
    const refilled = Math.min(most, this.#balance[cell]! + seconds * this.#perSecond);
    this.#refilledAt[cell] = nowMs;
    const left = Math.min(most, refilled + question) - answer;
    this.#balance[cell] = left >= 0 ? left : refilled;
    return left >= 0;
  }

  /** A whole IPv6 /64 is one source: its owner can use any address in it. */
  #cellOf(source: Uint8Array): number {
    let hash = this.#seed;
    for (let i = 0; i < Math.min(source.length, 8); i++) hash = Math.imul(hash ^ source[i]!, 0x01000193);
    return (hash ^ (hash >>> 15)) & (CELLS - 1);
  }
}
