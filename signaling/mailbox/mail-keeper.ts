/** Puts mail into mailboxes and takes out what was acknowledged: many jobs in one transaction, each repeat known. */
import type { Database, Queries } from '../../db/client.ts';
import type { Address, Refused } from '../protocol/mail.ts';
import { GroupCommit, type GroupLimits, type Size } from './group-commit.ts';
import * as store from './mail-store.ts';
import { MailboxUsage } from './usage.ts';

/** Items from one sender, or what one device acknowledges. */
export type MailJob =
  | { readonly items: readonly Addressed[] }
  | { readonly deviceId: string; readonly acknowledged: readonly number[] };

export interface KeeperEvents {
  /** Durable; in the order of their numbers, the later ones later. */
  kept(to: Address, items: readonly store.WaitingItem[]): void;
  /** There may be something that `kept` did not tell; `item`: this, at any time before. */
  missed(to: Address, item?: number): void;
  acknowledged(count: number): void;
}

const LIMITS: GroupLimits = {
  commit: { items: 1_000, bytes: 4 * 1024 * 1024 },
  queue: { items: 20_000, bytes: 64 * 1024 * 1024 },
};
/** Repeats of mail that was acknowledged meanwhile are known as such for a while; the receiver knows them for good. */
const DONE_AT_MOST = 20_000;

/** An item and whom it is for. */
export type Addressed = store.NewItem & { readonly to: Address };

interface Kept {
  /** Of each job. */
  readonly refused: Refused[][];
  readonly items: Numbered[];
  /** They were there before. */
  readonly repeats: Numbered[];
  readonly gone: readonly store.MailKey[];
}
type Numbered = Addressed & { readonly id: number };

export class MailKeeper {
  private readonly usage = new MailboxUsage();
  private readonly done = new Set<string>();
  private readonly commits = new GroupCommit<MailJob, Refused[]>((jobs) => this.commit(jobs), LIMITS);

  constructor(
    private readonly db: Database,
    private readonly events: KeeperEvents,
    private readonly now: () => number,
  ) {}

  /** Items that wait for their commit. */
  get queued(): number {
    return this.commits.size;
  }

  /** Answers who was refused, once all else is durable; null when too much waits. Rejects when nothing is known. */
  add(job: MailJob): Promise<Refused[]> | null {
    return this.commits.add(job, sizeOf(job));
  }

  /** Something else took mail out. */
  recount(): void {
    this.usage.forgetAll();
  }

  private async commit(jobs: readonly MailJob[]): Promise<Refused[][]> {
    const added = jobs.flatMap((job) => ('items' in job ? job.items : []));
    try {
      const kept = await this.db.transaction((q) => this.keep(q, jobs));
      this.announce(kept);
      return kept.refused;
    } catch (error) {
      // Whether it was committed is not known.
      this.usage.forgetAll();
      for (const { to } of new Map(added.map((item) => [item.deviceId, item])).values())
        this.events.missed(to);
      throw error;
    }
  }

  private async keep(q: Queries, jobs: readonly MailJob[]): Promise<Kept> {
    const acknowledged = jobs.flatMap((job) =>
      'acknowledged' in job ? job.acknowledged.map((id) => ({ deviceId: job.deviceId, id })) : [],
    );
    const items = jobs.flatMap((job) => ('items' in job ? job.items : []));
    const deviceIds = [...new Set([...items, ...acknowledged].map(({ deviceId }) => deviceId))];
    // First: who deletes a device holds it before its mail, too.
    const owners = await store.lockDevices(q, deviceIds, this.now());
    const gone = await store.deleteItems(q, acknowledged);
    for (const { deviceId, senderId, bytes } of gone)
      this.usage.change(deviceId, senderId, { items: -1, bytes: -bytes });
    const unknown = this.usage.unknown(new Set(items.map(({ deviceId }) => deviceId)));
    if (unknown.length > 0) this.usage.learn(unknown, await store.countItems(q, unknown));
    return { ...(await this.putIn(q, jobs, owners)), gone };
  }

  private async putIn(
    q: Queries,
    jobs: readonly MailJob[],
    owners: ReadonlyMap<string, string>,
  ): Promise<Omit<Kept, 'gone'>> {
    const refused = jobs.map((): Refused[] => []);
    const fitting = new Map<string, Addressed>();
    const full: { readonly item: Addressed; readonly answer: Refused[] }[] = [];
    jobs.forEach((job, index) => {
      const answer = refused[index] as Refused[];
      for (const item of 'items' in job ? job.items : []) {
        const name = nameOf(item);
        if (owners.get(item.deviceId) !== item.to.userId) answer.push({ to: item.to, code: 'not-found' });
        else if (this.done.has(name) || fitting.has(name)) continue;
        else if (!this.usage.hasRoom(item.deviceId, item.senderId, item.body.length))
          full.push({ item, answer });
        else {
          fitting.set(name, item);
          this.count(item, 1);
        }
      }
    });
    const numbers = new Map(
      (await store.insertItems(q, [...fitting.values()])).map((row) => [nameOf(row), row.id]),
    );
    const there = [...fitting.values()].filter((item) => !numbers.has(nameOf(item)));
    const doubtful = [...there, ...full.map(({ item }) => item)];
    const before = new Map((await store.findItems(q, doubtful)).map((row) => [nameOf(row), row.id]));
    for (const item of there) this.count(item, -1);
    for (const { item, answer } of full)
      if (!before.has(nameOf(item))) answer.push({ to: item.to, code: 'mailbox-full' });
    return {
      refused: refused.map(onceEach),
      items: numbered([...fitting.values()], numbers),
      repeats: numbered(doubtful, before),
    };
  }

  private count({ deviceId, senderId, body }: store.NewItem, sign: 1 | -1): void {
    this.usage.change(deviceId, senderId, { items: sign, bytes: sign * body.length });
  }

  private announce({ items, repeats, gone }: Kept): void {
    for (const key of gone) this.remember(nameOf(key));
    this.events.acknowledged(gone.length);
    for (const { to, id } of repeats) this.events.missed(to, id);
    const byDevice = new Map<string, { to: Address; items: Numbered[] }>();
    for (const item of items.toSorted((a, b) => a.id - b.id)) {
      const own = byDevice.get(item.deviceId) ?? { to: item.to, items: [] };
      own.items.push(item);
      byDevice.set(item.deviceId, own);
    }
    for (const own of byDevice.values()) this.events.kept(own.to, own.items);
  }

  private remember(name: string): void {
    this.done.add(name);
    if (this.done.size <= DONE_AT_MOST) return;
    const [oldest] = this.done;
    if (oldest !== undefined) this.done.delete(oldest);
  }
}

const nameOf = ({ deviceId, senderDeviceId, mailId, parcel }: store.MailKey): string =>
  `${deviceId} ${senderDeviceId} ${mailId} ${parcel}`;

function numbered(items: readonly Addressed[], numbers: ReadonlyMap<string, number>): Numbered[] {
  return items.flatMap((item) => {
    const id = numbers.get(nameOf(item));
    return id === undefined ? [] : [{ ...item, id }];
  });
}

/** A device that several parcels are for is named once. */
function onceEach(refused: readonly Refused[]): Refused[] {
  return [...new Map(refused.map((one) => [`${one.to.userId} ${one.to.deviceId}`, one])).values()];
}

function sizeOf(job: MailJob): Size {
  if ('acknowledged' in job) return { items: job.acknowledged.length, bytes: 0 };
  return { items: job.items.length, bytes: job.items.reduce((sum, { body }) => sum + body.length, 0) };
}
