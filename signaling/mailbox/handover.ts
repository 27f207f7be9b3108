/**
 * What of a mailbox one connection has been given. Pages are read when the device asks; once it has all, what comes in
 * goes straight to it. Nothing is skipped and nothing goes twice: whatever arrives while a page is read, or may have
 * been committed without being known, is read from the database after the last item given.
 */
import type { ItemPage, WaitingItem } from './mail-store.ts';

export interface HandoverNeeds {
  /** What waits after this item. */
  read(after: number): Promise<ItemPage>;
  /** `ref`: of the question that it answers. */
  give(page: ItemPage, ref: number | null): void;
  /** The device does not take in what it was sent. */
  isBehind(): boolean;
  /** Whether these fit one page. */
  fits(items: readonly WaitingItem[]): boolean;
  failed(error: unknown): void;
}

export class Handover {
  private given = 0;
  /** The device has all, and gets more as it comes; else it asks. */
  private isLive = false;
  /** There may be items after `given` that only the database knows. */
  private isStale = false;
  private reading: Promise<void> | null = null;
  /** An item that may never have been given, although later ones were: from it on once more. */
  private again = Infinity;

  constructor(private readonly needs: HandoverNeeds) {}

  /** The device asks for what is after this item. Rejects when it cannot be read; the device asks again. */
  async next(after: number, ref: number): Promise<void> {
    // One reading at a time; those who ask meanwhile take turns.
    while (this.reading !== null) await this.reading;
    this.given = after;
    this.isLive = false;
    await this.readOnce(ref);
    if (this.isLive && this.isStale) this.catchUp();
  }

  /** These were committed just now, in the order of their numbers. */
  arrived(items: readonly WaitingItem[]): void {
    if (!this.isLive || this.isStale || this.reading !== null || !this.needs.fits(items)) this.missed();
    else this.handOver(items.filter(({ id }) => id > this.given));
  }

  /** Something may have been committed; `item`: this, and who knows when. */
  missed(item = Infinity): void {
    this.isStale = true;
    this.again = Math.min(this.again, item);
    if (this.isLive && this.reading === null) this.catchUp();
  }

  private handOver(items: WaitingItem[]): void {
    const last = items.at(-1);
    if (last === undefined) return;
    if (this.needs.isBehind()) {
      this.isLive = false;
      this.needs.give({ items: [], more: true }, null);
      return;
    }
    this.given = last.id;
    this.needs.give({ items, more: false }, null);
  }

  /** Until a page leaves nothing behind; one that says `more` makes it the device's turn. */
  private catchUp(): void {
    this.readOnce(null).then(
      () => {
        if (this.isLive && this.isStale) this.catchUp();
      },
      (error: unknown) => {
        this.isStale = true;
        this.needs.failed(error);
      },
    );
  }

  private readOnce(ref: number | null): Promise<void> {
    const reading = this.readPage(ref).finally(() => (this.reading = null));
    // Who waits for its end only wants to know that; its failure is for who asked.
    this.reading = reading.catch(() => {});
    return reading;
  }

  private async readPage(ref: number | null): Promise<void> {
    this.isStale = false;
    if (ref === null && this.needs.isBehind()) {
      this.isLive = false;
      this.needs.give({ items: [], more: true }, null);
      return;
    }
    const again = this.again;
    this.again = Infinity;
    const after = Math.min(this.given, again - 1);
    const page = await this.needs.read(after).catch((error: unknown) => {
      this.missed(again);
      throw error;
    });
    this.given = page.items.at(-1)?.id ?? after;
    this.isLive = !page.more;
    if (ref !== null || page.items.length > 0) this.needs.give(page, ref);
  }
}
