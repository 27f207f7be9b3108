/**
 * How much waits in which mailbox, and by whom. Kept in memory beside the one writer, since counting a full mailbox for
 * every item would cost more than the item; read from the database when a mailbox is first written to.
 */
import type { Size } from './group-commit.ts';

/** Of one device, altogether. */
const PER_DEVICE: Size = { items: 50_000, bytes: 128 * 1024 * 1024 };
/** Of one device, by one person: so that nobody fills a friend's mailbox alone. */
const PER_SENDER: Size = { items: 15_000, bytes: 32 * 1024 * 1024 };
const DEVICES_AT_MOST = 5_000;

interface Count {
  items: number;
  bytes: number;
}
interface Mailbox {
  readonly all: Count;
  readonly bySender: Map<string, Count>;
}

export class MailboxUsage {
  private readonly mailboxes = new Map<string, Mailbox>();

  unknown(deviceIds: Iterable<string>): string[] {
    return [...deviceIds].filter((id) => !this.mailboxes.has(id));
  }

  /** What the database says of these. */
  learn(
    deviceIds: readonly string[],
    counts: readonly (Size & { readonly deviceId: string; readonly senderId: string })[],
  ): void {
    if (this.mailboxes.size + deviceIds.length > DEVICES_AT_MOST) this.mailboxes.clear();
    for (const id of deviceIds) this.mailboxes.set(id, { all: { items: 0, bytes: 0 }, bySender: new Map() });
    for (const { deviceId, senderId, items, bytes } of counts)
      this.change(deviceId, senderId, { items, bytes });
  }

  hasRoom(deviceId: string, senderId: string, bytes: number): boolean {
    const mailbox = this.mailboxes.get(deviceId);
    if (mailbox === undefined) throw new Error('A mailbox was written to that was not counted');
    return fits(mailbox.all, bytes, PER_DEVICE) && fits(mailbox.bySender.get(senderId), bytes, PER_SENDER);
  }

  change(deviceId: string, senderId: string, by: Size): void {
    const mailbox = this.mailboxes.get(deviceId);
    if (mailbox === undefined) return;
    const sender = mailbox.bySender.get(senderId) ?? { items: 0, bytes: 0 };
    mailbox.bySender.set(senderId, sender);
    for (const count of [mailbox.all, sender]) {
      count.items += by.items;
      count.bytes += by.bytes;
    }
  }

  forget(deviceIds: Iterable<string>): void {
    for (const id of deviceIds) this.mailboxes.delete(id);
  }

  forgetAll(): void {
    this.mailboxes.clear();
  }
}

function fits(count: Count | undefined, bytes: number, limit: Size): boolean {
  return (count?.items ?? 0) + 1 <= limit.items && (count?.bytes ?? 0) + bytes <= limit.bytes;
}
