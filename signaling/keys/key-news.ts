/** Tells pages what they must know of keys: whose are new, and how many of their own are left. */
import type { Database, Queries } from '../../db/client.ts';
import type { Log } from '../log.ts';
import type { ServerMessage } from '../protocol/socket.ts';
import type { Hub } from '../socket/hub.ts';
import * as deviceKeys from './device-key-store.ts';
import * as identities from './identity-store.ts';

type Welcome = Extract<ServerMessage, { type: 'welcome' }>;

/** Many claims at once, as when a group begins, are one message. */
const COUNTS_AFTER_MS = 200;

export class KeyNews {
  private readonly counting = new Set<string>();

  constructor(
    private readonly db: Database,
    private readonly hub: Hub,
    private readonly log: Log,
  ) {}

  async welcome(q: Queries, personId: string, deviceId: string): Promise<Welcome['keys']> {
    const versions = await identities.visibleVersions(q, personId);
    return {
      own: await ownKeys(q, deviceId),
      versions: Object.fromEntries(versions.map((row) => [row.personId, row.version])),
    };
  }

  /** Devices or identity of this person changed: friends and co-members learn it, and their own devices but the one that did it. */
  async changed(personId: string, byDeviceId: string | null): Promise<void> {
    const rows = await this.db.query(async (q) => [
      ...(await identities.othersVersions(q, personId)),
      ...(await identities.visibleVersions(q, personId, [personId])),
    ]);
    this.push(rows, byDeviceId);
  }

  /** As `changed`, where nobody waits for it. */
  changedLater(personIds: Iterable<string>): void {
    for (const personId of personIds) this.inBackground(this.changed(personId, null));
  }

  /** Somebody signed friends' identities: that changes what their own other devices see. */
  async signed(signerId: string, personIds: readonly string[], byDeviceId: string): Promise<void> {
    if (personIds.length === 0) return;
    this.push(await this.db.query((q) => identities.visibleVersions(q, signerId, personIds)), byDeviceId);
  }

  /** Two who have just become friends. */
  async met(a: string, b: string): Promise<void> {
    const rows = await this.db.query(async (q) => [
      ...(await identities.visibleVersions(q, a, [b])),
      ...(await identities.visibleVersions(q, b, [a])),
    ]);
    this.push(rows, null);
  }

  /** Some are new in a group: they and those who are in it, as far as connected, learn each other's versions. */
  async metIn(memberIds: readonly string[], newIds: readonly string[]): Promise<void> {
    const here = memberIds.filter((id) => this.hub.isHere(id));
    if (newIds.length === 0 || here.length === 0) return;
    const fresh = new Set(newIds);
    const rows = await this.db.query(async (q) => [
      ...(await identities.versionsFor(q, here, newIds)),
      ...(await identities.versionsFor(
        q,
        here.filter((id) => fresh.has(id)),
        memberIds.filter((id) => !fresh.has(id)),
      )),
    ]);
    this.push(
      rows.filter(({ viewerId, personId }) => viewerId !== personId),
      null,
    );
  }

  private push(rows: readonly identities.VersionRow[], exceptDeviceId: string | null): void {
    for (const { viewerId, personId, version } of rows) {
      for (const connection of this.hub.of(viewerId)) {
        if (connection.deviceId !== exceptDeviceId)
          connection.send({ type: 'keys-changed', userId: personId, version });
      }
    }
  }

  /** Keys of these devices were handed out. */
  claimed(devices: readonly { readonly personId: string; readonly deviceId: string }[]): void {
    for (const { personId, deviceId } of devices) {
      if (this.counting.has(deviceId) || this.hub.find(personId, deviceId) === null) continue;
      this.counting.add(deviceId);
      setTimeout(() => {
        this.counting.delete(deviceId);
        this.inBackground(this.tellCounts(personId, deviceId));
      }, COUNTS_AFTER_MS).unref();
    }
  }

  private async tellCounts(personId: string, deviceId: string): Promise<void> {
    if (this.hub.find(personId, deviceId) === null) return;
    const own = await this.db.query((q) => ownKeys(q, deviceId));
    this.hub.find(personId, deviceId)?.send({ type: 'key-counts', ...own });
  }

  /** A page that misses one of these learns it from its next welcome. */
  private inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => this.log.warn({ err: error }, 'News of keys were not told'));
  }
}

async function ownKeys(q: Queries, deviceId: string): Promise<Welcome['keys']['own']> {
  const fallback = await deviceKeys.findFallbackKey(q, deviceId);
  return {
    oneTimeKeys: await deviceKeys.countOneTimeKeys(q, deviceId),
    fallbackUsed: fallback === null || fallback.used,
  };
}
