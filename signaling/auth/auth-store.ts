/** People and their devices in the database. */
import { and, asc, desc, eq, gt, lt, ne, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { oneOf } from '../../db/one-of.ts';
import { devices, people } from '../../db/schema.ts';
import { raiseVersions } from '../keys/identity-store.ts';
import type { ChosenPresence } from '../protocol/common.ts';

export type PersonRow = typeof people.$inferSelect;
export type DeviceRow = typeof devices.$inferSelect;
export type NewPerson = typeof people.$inferInsert;
export type NewDevice = typeof devices.$inferInsert;

export async function insertPerson(q: Queries, person: NewPerson): Promise<void> {
  await q.insert(people).values(person);
}

export async function findByUserName(q: Queries, userName: string): Promise<PersonRow | null> {
  const [row] = await q.select().from(people).where(eq(people.userName, userName));
  return row ?? null;
}

export async function findPerson(q: Queries, id: string): Promise<PersonRow | null> {
  const [row] = await q.select().from(people).where(eq(people.id, id));
  return row ?? null;
}

/** Null as well when the device is no longer theirs. */
export async function findPersonOfDevice(
  q: Queries,
  personId: string,
  deviceId: string,
): Promise<PersonRow | null> {
  const [row] = await q
    .select({ person: people })
    .from(devices)
    .innerJoin(people, eq(people.id, devices.personId))
    .where(and(eq(devices.id, deviceId), eq(devices.personId, personId)));
  return row?.person ?? null;
}

/** Which of the two names is taken, if any; the exact one first. */
export async function takenName(
  q: Queries,
  name: string,
  skeleton: string,
): Promise<'user-name-taken' | 'user-name-look-alike' | null> {
  const rows = await q
    .select({ userName: people.userName })
    .from(people)
    .where(eq(people.skeleton, skeleton));
  if (rows.length === 0) return null;
  return rows.some(({ userName }) => userName === name) ? 'user-name-taken' : 'user-name-look-alike';
}

export async function setOpaqueRecord(q: Queries, personId: string, opaqueRecord: string): Promise<void> {
  await q.update(people).set({ opaqueRecord }).where(eq(people.id, personId));
}

export interface ProfileChange {
  readonly displayName?: string | undefined;
  readonly statusText?: string | undefined;
  readonly presence?: ChosenPresence | undefined;
}

/** What friends see of a status text stays as it was while its owner is invisible. */
export async function changeProfile(
  q: Queries,
  personId: string,
  { displayName, statusText, presence }: ProfileChange,
): Promise<PersonRow | null> {
  const presenceAfter = presence === undefined ? people.presence : sql`${presence}::text`;
  const statusAfter = statusText === undefined ? people.statusText : sql`${statusText}::text`;
  const [row] = await q
    .update(people)
    .set({
      ...(displayName !== undefined && { displayName }),
      ...(statusText !== undefined && { statusText }),
      ...(presence !== undefined && { presence }),
      shownStatusText: sql`case when ${presenceAfter} = 'invisible' then ${people.shownStatusText} else ${statusAfter} end`,
    })
    .where(eq(people.id, personId))
    .returning();
  return row ?? null;
}

export async function deletePeople(q: Queries, ids: readonly string[]): Promise<void> {
  await q.delete(people).where(oneOf(people.id, ids));
}

/** Guests whose time is over. */
export async function expiredPeople(q: Queries, now: number): Promise<string[]> {
  const rows = await q.select({ id: people.id }).from(people).where(lt(people.expiresAt, now));
  return rows.map(({ id }) => id);
}

export async function touchPeople(q: Queries, ids: readonly string[], lastSeen: number): Promise<void> {
  if (ids.length === 0) return;
  await q.update(people).set({ lastSeen }).where(oneOf(people.id, ids));
}

export async function prolongGuests(q: Queries, ids: readonly string[], expiresAt: number): Promise<void> {
  if (ids.length === 0) return;
  await q
    .update(people)
    .set({ expiresAt })
    .where(and(oneOf(people.id, ids), eq(people.kind, 'guest')));
}

// --- Devices: with each that goes, its keys go, and friends must learn it ------------------------------------------

/** Adds a device and drops those beyond `atMost` that were not seen for longest; answers the ids that went. */
export async function insertDevice(q: Queries, device: NewDevice, atMost: number): Promise<string[]> {
  await q.insert(devices).values(device);
  const surplus = await q
    .select({ id: devices.id })
    .from(devices)
    .where(and(eq(devices.personId, device.personId), ne(devices.id, device.id)))
    .orderBy(desc(devices.lastSeen))
    .offset(atMost - 1);
  const ids = surplus.map(({ id }) => id);
  if (ids.length === 0) return [];
  await q.delete(devices).where(oneOf(devices.id, ids));
  await raiseVersions(q, [device.personId]);
  return ids;
}

export async function findSession(
  q: Queries,
  tokenDigest: Buffer,
  now: number,
): Promise<{ person: PersonRow; device: DeviceRow } | null> {
  const [row] = await q
    .select({ person: people, device: devices })
    .from(devices)
    .innerJoin(people, eq(people.id, devices.personId))
    .where(and(eq(devices.tokenDigest, tokenDigest), gt(devices.expiresAt, now)));
  return row ?? null;
}

export async function listDevices(q: Queries, personId: string, now: number): Promise<DeviceRow[]> {
  return q
    .select()
    .from(devices)
    .where(and(eq(devices.personId, personId), gt(devices.expiresAt, now)))
    .orderBy(asc(devices.createdAt), asc(devices.id));
}

/** Part of a transaction. Answers the ids that went. `keep` stays. */
export async function deleteDevices(
  q: Queries,
  personId: string,
  which: { readonly only: string } | { readonly keep: string },
): Promise<string[]> {
  const chosen = 'only' in which ? eq(devices.id, which.only) : ne(devices.id, which.keep);
  const rows = await q
    .delete(devices)
    .where(and(eq(devices.personId, personId), chosen))
    .returning({ id: devices.id });
  if (rows.length > 0) await raiseVersions(q, [personId]);
  return rows.map(({ id }) => id);
}

export interface DeviceTouch {
  readonly lastSeen: number;
  readonly expiresAt: number;
  readonly address?: string;
}

export async function touchDevices(q: Queries, ids: readonly string[], touch: DeviceTouch): Promise<void> {
  if (ids.length === 0) return;
  await q.update(devices).set(touch).where(oneOf(devices.id, ids));
}

/** Part of a transaction. Answers whose they were. */
export async function deleteExpiredDevices(q: Queries, now: number): Promise<string[]> {
  const rows = await q
    .delete(devices)
    .where(lt(devices.expiresAt, now))
    .returning({ personId: devices.personId });
  const personIds = [...new Set(rows.map(({ personId }) => personId))];
  await raiseVersions(q, personIds);
  return personIds;
}
