/**
 * Makes many jobs durable at the price of one: what comes in while a commit is under way is the next one. Bounded, and
 * in order: one commit at a time.
 */

export interface Size {
  readonly items: number;
  readonly bytes: number;
}

interface Waiting<Job, Answer> {
  readonly job: Job;
  readonly size: Size;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

export interface GroupLimits {
  /** At most so much in one commit; a larger job goes alone. */
  readonly commit: Size;
  /** At most so much waiting. */
  readonly queue: Size;
}

const EMPTY: Size = { items: 0, bytes: 0 };
const sum = (a: Size, b: Size): Size => ({ items: a.items + b.items, bytes: a.bytes + b.bytes });
const fits = (a: Size, limit: Size) => a.items <= limit.items && a.bytes <= limit.bytes;

export class GroupCommit<Job, Answer> {
  private queue: Waiting<Job, Answer>[] = [];
  private waiting = EMPTY;
  private isRunning = false;

  /** `commit` answers each job in its place; when it throws, that is the answer to all of them. */
  constructor(
    private readonly commit: (jobs: readonly Job[]) => Promise<Answer[]>,
    private readonly limits: GroupLimits,
  ) {}

  /** Items that wait. */
  get size(): number {
    return this.waiting.items;
  }

  /** Null when too much waits already. */
  add(job: Job, size: Size): Promise<Answer> | null {
    const after = sum(this.waiting, size);
    if (!fits(after, this.limits.queue)) return null;
    this.waiting = after;
    return new Promise((resolve, reject) => {
      this.queue.push({ job, size, resolve, reject });
      if (this.isRunning) return;
      this.isRunning = true;
      // A turn later, so that what other sockets bring in this one is with it.
      setImmediate(() => void this.run());
    });
  }

  private async run(): Promise<void> {
    while (this.queue.length > 0) await this.commitNext();
    this.isRunning = false;
  }

  private async commitNext(): Promise<void> {
    const batch = this.takeBatch();
    try {
      const answers = await this.commit(batch.map(({ job }) => job));
      batch.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  private takeBatch(): Waiting<Job, Answer>[] {
    let size = EMPTY;
    let count = 0;
    for (const one of this.queue) {
      const after = sum(size, one.size);
      if (count > 0 && !fits(after, this.limits.commit)) break;
      size = after;
      count++;
    }
    this.waiting = { items: this.waiting.items - size.items, bytes: this.waiting.bytes - size.bytes };
    return this.queue.splice(0, count);
  }
}
