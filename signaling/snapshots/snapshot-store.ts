/** Sealed histories, in the database. */
import { and, eq, lt, ne } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { snapshotChunks, snapshots } from '../../db/schema.ts';

export type SnapshotRow = typeof snapshots.$inferSelect;

export async function findCurrent(q: Queries, personId: string): Promise<SnapshotRow | null> {
  const [row] = await q
    .select()
    .from(snapshots)
    .where(and(eq(snapshots.personId, personId), eq(snapshots.complete, true)));
  return row ?? null;
}

/** Part of a transaction, until whose end nobody else changes it. */
export async function findForUpdate(q: Queries, id: string, personId: string): Promise<SnapshotRow | null> {
  const [row] = await q
    .select()
    .from(snapshots)
    .where(and(eq(snapshots.id, id), eq(snapshots.personId, personId)))
    .for('update');
  return row ?? null;
}

/** Part of a transaction. False if another has this id, or began in the same moment. */
export async function begin(q: Queries, id: string, personId: string, at: number): Promise<boolean> {
  await q
    .delete(snapshots)
    .where(and(eq(snapshots.personId, personId), eq(snapshots.complete, false), ne(snapshots.id, id)));
  const rows = await q
    .insert(snapshots)
    .values({ id, personId, at })
    .onConflictDoNothing()
    .returning({ id: snapshots.id });
  return rows.length > 0;
}

/** Part of a transaction: the chunk after those that are there. */
export async function append(q: Queries, to: SnapshotRow, data: Buffer, at: number): Promise<void> {
  await q.insert(snapshotChunks).values({ snapshotId: to.id, index: to.chunks, data });
  const grown = { chunks: to.chunks + 1, bytes: to.bytes + data.length, at };
  await q.update(snapshots).set(grown).where(eq(snapshots.id, to.id));
}

/** Part of a transaction: it takes the place of the one that was complete before. */
export async function complete(q: Queries, { id, personId }: SnapshotRow, at: number): Promise<void> {
  await q.delete(snapshots).where(and(eq(snapshots.personId, personId), eq(snapshots.complete, true)));
  await q.update(snapshots).set({ complete: true, at }).where(eq(snapshots.id, id));
}

export async function readChunk(q: Queries, id: string, index: number): Promise<Buffer | null> {
  const [row] = await q
    .select({ data: snapshotChunks.data })
    .from(snapshotChunks)
    .where(and(eq(snapshotChunks.snapshotId, id), eq(snapshotChunks.index, index)));
  return row?.data ?? null;
}

export async function deleteAll(q: Queries, personId: string): Promise<void> {
  await q.delete(snapshots).where(eq(snapshots.personId, personId));
}

/** Those that did not grow since then and never became complete. */
export async function deleteAbandoned(q: Queries, since: number): Promise<void> {
  await q.delete(snapshots).where(and(eq(snapshots.complete, false), lt(snapshots.at, since)));
}
