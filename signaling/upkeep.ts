/** What is done every few minutes: guests whose time is over go, and so does everything else that has expired. */
import type { Database } from '../db/client.ts';
import * as accounts from './auth/auth-store.ts';
import type { PeopleRemover } from './auth/auth-service.ts';
import type { BlobService } from './blobs/blob-service.ts';
import { DECLINE_HOLDS_MS } from './contacts/contact-service.ts';
import { deleteOldDeclines } from './contacts/contact-store.ts';
import type { GroupAnnouncer } from './groups/group-announcer.ts';
import { deleteExpiredInvites } from './invites/invite-store.ts';
import { deleteClaimedKeys } from './keys/device-key-store.ts';
import type { KeyNews } from './keys/key-news.ts';
import type { Log } from './log.ts';
import type { MailService } from './mailbox/mail-service.ts';
import type { PresenceService } from './presence/presence-service.ts';
import type { SnapshotService } from './snapshots/snapshot-service.ts';

const EVERY_MS = 5 * 60_000;
const DAY_MS = 24 * 3_600_000;
/** No page repeats an upload after so long. */
const CLAIMED_KEYS_STAY_MS = 30 * DAY_MS;

export interface UpkeepSurroundings {
  readonly db: Database;
  readonly people: PeopleRemover;
  readonly presence: PresenceService;
  readonly keyNews: KeyNews;
  readonly mail: MailService;
  readonly blobs: BlobService;
  readonly snapshots: SnapshotService;
  readonly groups: GroupAnnouncer;
  readonly mailboxDays: number;
  readonly now: () => number;
}

export async function upkeep(around: UpkeepSurroundings): Promise<void> {
  const { db, people, presence, keyNews, mail, blobs, snapshots, groups, mailboxDays, now } = around;
  // First, so that nobody who is connected counts as expired.
  await presence.noteAll();
  await people.remove(await db.query((q) => accounts.expiredPeople(q, now())));
  keyNews.changedLater(await db.transaction((q) => accounts.deleteExpiredDevices(q, now())));
  await db.query(async (q) => {
    await deleteClaimedKeys(q, now() - CLAIMED_KEYS_STAY_MS);
    await deleteExpiredInvites(q, now());
    await deleteOldDeclines(q, now() - DECLINE_HOLDS_MS);
  });
  await mail.sweep(now() - mailboxDays * DAY_MS);
  await blobs.sweep(now() - mailboxDays * DAY_MS);
  await snapshots.sweep();
  await groups.sweep(now() - mailboxDays * DAY_MS);
}

/** Answers how to stop it. */
export function startUpkeep(tidy: () => Promise<void>, log: Log): () => void {
  const timer = setInterval(() => {
    tidy().catch((error: unknown) => log.warn({ err: error }, 'Upkeep failed; it runs again soon'));
  }, EVERY_MS);
  return () => clearInterval(timer);
}
