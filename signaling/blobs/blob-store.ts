/** Files that wait, in the database. */
import { and, eq, gt, lt, ne, notExists, or, sql, sum } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { oneOf } from '../../db/one-of.ts';
import { blobPieces, blobRecipients, blobs, devices } from '../../db/schema.ts';

export type BlobRow = typeof blobs.$inferSelect;
type NewBlob = typeof blobs.$inferInsert;

export async function findBlob(q: Queries, id: string): Promise<BlobRow | null> {
  const [row] = await q.select().from(blobs).where(eq(blobs.id, id));
  return row ?? null;
}

/** False if there is one of that id. */
export async function insertBlob(q: Queries, blob: NewBlob): Promise<boolean> {
  const rows = await q.insert(blobs).values(blob).onConflictDoNothing().returning({ id: blobs.id });
  return rows.length > 0;
}

export async function addRecipients(q: Queries, blobId: string, deviceIds: readonly string[]): Promise<void> {
  await q.insert(blobRecipients).values(deviceIds.map((deviceId) => ({ blobId, deviceId })));
}

/** Devices of these people where they are signed in, but for this one. */
export async function listDevices(
  q: Queries,
  personIds: readonly string[],
  butDeviceId: string,
  now: number,
): Promise<string[]> {
  const rows = await q
    .select({ id: devices.id })
    .from(devices)
    .where(and(oneOf(devices.personId, personIds), ne(devices.id, butDeviceId), gt(devices.expiresAt, now)));
  return rows.map(({ id }) => id);
}

/** What waits, in bytes, that this person sent. */
export async function bytesBy(q: Queries, senderId: string): Promise<number> {
  const [row] = await q
    .select({ bytes: sum(blobs.bytes) })
    .from(blobs)
    .where(eq(blobs.senderId, senderId));
  return Number(row?.bytes ?? 0);
}

/** Those of these devices for which so many bytes or more wait. */
export async function fullDevices(
  q: Queries,
  deviceIds: readonly string[],
  bytes: number,
): Promise<string[]> {
  const rows = await q
    .select({ deviceId: blobRecipients.deviceId })
    .from(blobRecipients)
    .innerJoin(blobs, eq(blobs.id, blobRecipients.blobId))
    .where(oneOf(blobRecipients.deviceId, deviceIds))
    .groupBy(blobRecipients.deviceId)
    .having(sql`sum(${blobs.bytes}) >= ${bytes}`);
  return rows.map(({ deviceId }) => deviceId);
}

/** Part of a transaction. */
export async function setPiece(
  q: Queries,
  blobId: string,
  index: number,
  data: Buffer,
  at: number,
): Promise<void> {
  await q
    .insert(blobPieces)
    .values({ blobId, index, data })
    .onConflictDoUpdate({ target: [blobPieces.blobId, blobPieces.index], set: { data } });
  await q.update(blobs).set({ grownAt: at }).where(eq(blobs.id, blobId));
}

/** Null unless it waits for this device. */
export async function readPiece(
  q: Queries,
  blobId: string,
  index: number,
  deviceId: string,
): Promise<Buffer | null> {
  const [row] = await q
    .select({ data: blobPieces.data })
    .from(blobPieces)
    .innerJoin(blobRecipients, eq(blobRecipients.blobId, blobPieces.blobId))
    .where(
      and(eq(blobPieces.blobId, blobId), eq(blobPieces.index, index), eq(blobRecipients.deviceId, deviceId)),
    );
  return row?.data ?? null;
}

/** Part of a transaction. Answers whether it waited for this device; it goes with the last one that it waited for. */
export async function removeRecipient(q: Queries, blobId: string, deviceId: string): Promise<boolean> {
  // Two who are done at once must not both take the other for waiting still.
  await q.select({ id: blobs.id }).from(blobs).where(eq(blobs.id, blobId)).for('update');
  const rows = await q
    .delete(blobRecipients)
    .where(and(eq(blobRecipients.blobId, blobId), eq(blobRecipients.deviceId, deviceId)))
    .returning({ deviceId: blobRecipients.deviceId });
  await q.delete(blobs).where(and(eq(blobs.id, blobId), notExists(waitingFor(q))));
  return rows.length > 0;
}

export async function deleteBlob(q: Queries, id: string, senderId: string): Promise<boolean> {
  const rows = await q
    .delete(blobs)
    .where(and(eq(blobs.id, id), eq(blobs.senderId, senderId)))
    .returning({ id: blobs.id });
  return rows.length > 0;
}

/** Those from before, and those whose last device was logged out. */
export async function deleteOldBlobs(q: Queries, before: number): Promise<void> {
  await q.delete(blobs).where(or(lt(blobs.createdAt, before), notExists(waitingFor(q))));
}

/** Those that did not grow since then and lack some of their pieces, which have so many bytes each. */
export async function deleteAbandonedBlobs(q: Queries, since: number, pieceBytes: number): Promise<void> {
  const pieces = q.$count(blobPieces, eq(blobPieces.blobId, blobs.id));
  await q
    .delete(blobs)
    .where(
      and(
        lt(sql`coalesce(${blobs.grownAt}, ${blobs.createdAt})`, since),
        lt(sql`${pieces} * ${pieceBytes}::int`, blobs.bytes),
      ),
    );
}

const waitingFor = (q: Queries) =>
  q
    .select({ one: sql`1` })
    .from(blobRecipients)
    .where(eq(blobRecipients.blobId, blobs.id));
