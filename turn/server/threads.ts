/**
 * Keeps the relay's threads alive. One that dies is replaced: what it held (ports, quotas, file descriptors) is given
 * back, its clients have to allocate anew (an ICE restart), and all others notice nothing, since UDP listeners belong
 * to the process and wait for the next thread.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import type { Ledger } from '../allocation/ledger.ts';
import { Reservations } from '../allocation/reservations.ts';
import { Descriptors } from '../transport/descriptors.ts';
import { loadLibc } from '../transport/libc.ts';
import { Counters } from './counters.ts';
import type { RelayMemory } from './memory.ts';
import type { Settings } from './settings.ts';
import { spawnRelay, type RelayThread } from './spawn.ts';
import type { TurnLog } from './start.ts';
import type { ThreadPlan } from './thread-plans.ts';
import type { NewSettings, WorkerMessage } from './worker-messages.ts';

/** The first replacement comes soon, each next one later, until one has lived for a while. */
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 30_000;
const LONG_LIFE_MS = 60_000;

export class RelayThreads {
  readonly #memory: RelayMemory;
  readonly #log: TurnLog;
  readonly #ledger: Ledger;
  readonly #stop = new AbortController();
  readonly #workers = new Map<number, Worker>();
  #settings: Settings;
  #lives: readonly Promise<void>[] = [];

  constructor(memory: RelayMemory, settings: Settings, ledger: Ledger, log: TurnLog) {
    this.#memory = memory;
    this.#settings = settings;
    this.#ledger = ledger;
    this.#log = log;
  }

  /** The first words of all threads: each listens, or says why it cannot. */
  start(plans: readonly ThreadPlan[]): Promise<Awaited<RelayThread['word']>[]> {
    const threads = plans.map((plan, thread) => this.#spawn(plan, thread));
    this.#lives = threads.map((first, thread) => this.#keepAlive(plans[thread]!, thread, first));
    return Promise.all(threads.map(({ word }) => word));
  }

  /** For the threads that live, and for those that will replace them. */
  update(settings: Settings): void {
    this.#settings = settings;
    const message: NewSettings = { settings };
    for (const worker of this.#workers.values()) worker.postMessage(message);
  }

  async close(): Promise<void> {
    this.#ledger.stop();
    this.#stop.abort();
    await Promise.all(this.#lives);
  }

  #spawn(plan: ThreadPlan, thread: number): RelayThread {
    const made = spawnRelay({ settings: this.#settings, ...this.#memory, thread, ...plan });
    this.#workers.set(thread, made.worker);
    made.worker.on('message', (word: WorkerMessage) => {
      if (word.type === 'bug') this.#log.error({ stack: word.stack }, 'the relay failed on a packet');
    });
    return made;
  }

  async #keepAlive(plan: ThreadPlan, thread: number, first: RelayThread): Promise<void> {
    const { type } = await first.word;
    let cause = await first.exit;
    // One that cannot even start is the start's affair.
    if (type !== 'ready') return;
    for (let deaths = 1; !this.#ledger.stopping; deaths++) {
      this.#bury(thread, cause);
      await this.#wait(deaths);
      if (this.#ledger.stopping) return;
      const born = performance.now();
      const next = this.#spawn(plan, thread);
      const word = await next.word;
      if (word.type === 'ready') this.#log.info({ thread }, 'another relay thread took its place');
      else this.#log.error({ thread, ...word }, 'the relay thread could not be replaced yet');
      cause = await next.exit;
      if (performance.now() - born > LONG_LIFE_MS) deaths = 0;
    }
  }

  #wait(deaths: number): Promise<unknown> {
    const ms = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (deaths - 1));
    // Stopping ends the wait: that is no failure.
    return sleep(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }

  #bury(thread: number, cause: Error | undefined): void {
    this.#workers.delete(thread);
    const allocations = this.#ledger.bury(thread);
    new Reservations(this.#memory.reservations, thread).bury(thread);
    const left = new Descriptors(this.#memory.descriptors, thread).bury(thread);
    const libc = left.length > 0 ? loadLibc() : undefined;
    for (const fd of left) libc?.close(fd);
    const counters = new Counters(this.#memory.counters, thread);
    counters.add('threadDeaths');
    counters.add('allocationsEnded', allocations);
    this.#log.error({ thread, allocations, err: cause }, 'a relay thread died, its allocations with it');
  }
}
