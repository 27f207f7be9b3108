/** Invite links in the database; the code itself is only ever stored as its digest. */
import { and, asc, count, eq, gt, lt, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { invites, people } from '../../db/schema.ts';

export type InviteRow = typeof invites.$inferSelect;

export async function insertInvite(q: Queries, invite: InviteRow): Promise<void> {
  await q.insert(invites).values(invite);
}

export async function countInvites(q: Queries, ownerId: string, now: number): Promise<number> {
  const [row] = await q
    .select({ n: count() })
    .from(invites)
    .where(and(eq(invites.ownerId, ownerId), gt(invites.expiresAt, now)));
  return row?.n ?? 0;
}

export async function listInvites(q: Queries, ownerId: string, now: number): Promise<InviteRow[]> {
  return q
    .select()
    .from(invites)
    .where(and(eq(invites.ownerId, ownerId), gt(invites.expiresAt, now)))
    .orderBy(asc(invites.createdAt), asc(invites.id));
}

export async function findInvite(
  q: Queries,
  codeDigest: Buffer,
  now: number,
): Promise<(InviteRow & { ownerName: string }) | null> {
  const [row] = await q
    .select({ invite: invites, ownerName: people.displayName })
    .from(invites)
    .innerJoin(people, eq(people.id, invites.ownerId))
    .where(and(eq(invites.codeDigest, codeDigest), gt(invites.expiresAt, now)));
  return row === undefined ? null : { ...row.invite, ownerName: row.ownerName };
}

export async function countUse(q: Queries, id: string): Promise<void> {
  await q
    .update(invites)
    .set({ uses: sql`${invites.uses} + 1` })
    .where(eq(invites.id, id));
}

export async function deleteInvite(q: Queries, ownerId: string, id: string): Promise<boolean> {
  const rows = await q
    .delete(invites)
    .where(and(eq(invites.ownerId, ownerId), eq(invites.id, id)))
    .returning({ id: invites.id });
  return rows.length > 0;
}

export async function deleteExpiredInvites(q: Queries, now: number): Promise<void> {
  await q.delete(invites).where(lt(invites.expiresAt, now));
}
