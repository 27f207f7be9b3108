/** Writes down when people and devices were last there: many at once, a moment later, since nobody waits for it. */
import type { Database } from '../../db/client.ts';
import * as accounts from '../auth/auth-store.ts';
import { GUEST_LIFETIME_MS, SESSION_LIFETIME_MS } from '../auth/sessions.ts';
import type { Log } from '../log.ts';

const WRITE_AFTER_MS = 1_000;

export interface Sighting {
  readonly deviceIds?: Iterable<string>;
  /** People whom their friends saw. */
  readonly seenIds?: Iterable<string>;
  /** People with a device connected, seen or not: guests of them stay. */
  readonly connectedIds?: Iterable<string>;
}

export class LastSeen {
  private readonly devices = new Set<string>();
  private readonly connected = new Set<string>();
  private readonly seen = new Map<string, number>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly db: Database,
    private readonly log: Log,
    private readonly now: () => number,
  ) {}

  note({ deviceIds = [], seenIds = [], connectedIds = [] }: Sighting): void {
    for (const id of deviceIds) this.devices.add(id);
    for (const id of connectedIds) this.connected.add(id);
    for (const id of seenIds) this.seen.set(id, this.now());
    this.timer ??= setTimeout(() => {
      // A database that is away loses a "last seen", no more.
      this.write().catch((error: unknown) => this.log.warn({ err: error }, 'Last-seen times were not kept'));
    }, WRITE_AFTER_MS).unref();
  }

  /** What is not in the database yet; null if that is up to date. */
  of(personId: string): number | null {
    return this.seen.get(personId) ?? null;
  }

  async write(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const [now, seen] = [this.now(), [...this.seen]];
    const [deviceIds, connectedIds] = [[...this.devices], [...this.connected]];
    this.devices.clear();
    this.connected.clear();
    await this.db.query(async (q) => {
      await accounts.touchDevices(q, deviceIds, { lastSeen: now, expiresAt: now + SESSION_LIFETIME_MS });
      await accounts.touchPeople(
        q,
        seen.map(([id]) => id),
        now,
      );
      await accounts.prolongGuests(q, connectedIds, now + GUEST_LIFETIME_MS);
    });
    // Only now: until it is written, `of` must know it. Someone seen again meanwhile is written next time.
    for (const [id, at] of seen) if (this.seen.get(id) === at) this.seen.delete(id);
  }
}
