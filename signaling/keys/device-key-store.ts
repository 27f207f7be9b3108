/** Keys of devices in the database: device keys, one-time keys, fallback keys. */
import { and, asc, count, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { oneOf } from '../../db/one-of.ts';
import { deviceKeys, devices, fallbackKeys, oneTimeKeys } from '../../db/schema.ts';
import type { DeviceKeys } from '../protocol/keys.ts';

export interface KeyRow {
  readonly keyId: string;
  /** JSON. */
  readonly key: string;
}
export interface ClaimedRow extends KeyRow {
  readonly deviceId: string;
}
export interface OwnedDeviceKeys {
  readonly personId: string;
  readonly deviceId: string;
  readonly keys: DeviceKeys;
}

const parsed = (text: string) => JSON.parse(text) as DeviceKeys;

/** Answers whether they are the first ones; none of a device that was logged out meanwhile. */
export async function insertDeviceKeys(q: Queries, deviceId: string, keys: DeviceKeys): Promise<boolean> {
  const text = JSON.stringify(keys);
  const { rows } = await q.execute(
    sql`insert into ${deviceKeys} (device_id, keys) select id, ${text}::text from ${devices} where id = ${deviceId}
      on conflict do nothing returning device_id`,
  );
  return rows.length > 0;
}

/** Held until the transaction ends, and with them everything else of this device's keys. */
export async function lockDeviceKeys(
  q: Queries,
  personId: string,
  deviceId: string,
): Promise<DeviceKeys | null> {
  const [row] = await q
    .select({ keys: deviceKeys.keys })
    .from(deviceKeys)
    .innerJoin(devices, eq(devices.id, deviceKeys.deviceId))
    .where(and(eq(deviceKeys.deviceId, deviceId), eq(devices.personId, personId)))
    .for('update', { of: deviceKeys });
  return row === undefined ? null : parsed(row.keys);
}

export async function setDeviceKeys(q: Queries, deviceId: string, keys: DeviceKeys): Promise<void> {
  await q
    .update(deviceKeys)
    .set({ keys: JSON.stringify(keys) })
    .where(eq(deviceKeys.deviceId, deviceId));
}

/** Of sessions that have not ended. */
export async function listDeviceKeys(
  q: Queries,
  personIds: readonly string[],
  now: number,
): Promise<OwnedDeviceKeys[]> {
  const rows = await q
    .select({ personId: devices.personId, deviceId: devices.id, keys: deviceKeys.keys })
    .from(devices)
    .innerJoin(deviceKeys, eq(deviceKeys.deviceId, devices.id))
    .where(and(oneOf(devices.personId, personIds), gt(devices.expiresAt, now)))
    .orderBy(asc(devices.createdAt), asc(devices.id));
  return rows.map((row) => ({ ...row, keys: parsed(row.keys) }));
}

export async function listDeviceIds(q: Queries, personId: string): Promise<string[]> {
  const rows = await q.select({ id: devices.id }).from(devices).where(eq(devices.personId, personId));
  return rows.map(({ id }) => id);
}

// --- One-time keys ---------------------------------------------------------------------------------------------

export async function findOneTimeKeys(
  q: Queries,
  deviceId: string,
  keyIds: readonly string[],
): Promise<KeyRow[]> {
  return q
    .select({ keyId: oneTimeKeys.keyId, key: oneTimeKeys.key })
    .from(oneTimeKeys)
    .where(and(eq(oneTimeKeys.deviceId, deviceId), oneOf(oneTimeKeys.keyId, keyIds)));
}

export async function insertOneTimeKeys(
  q: Queries,
  deviceId: string,
  keys: readonly KeyRow[],
): Promise<void> {
  if (keys.length === 0) return;
  await q.insert(oneTimeKeys).values(keys.map((key) => ({ ...key, deviceId })));
}

export async function countOneTimeKeys(q: Queries, deviceId: string): Promise<number> {
  const [row] = await q
    .select({ n: count() })
    .from(oneTimeKeys)
    .where(and(eq(oneTimeKeys.deviceId, deviceId), isNull(oneTimeKeys.claimedAt)));
  return row?.n ?? 0;
}

/** The oldest one of each device that has any. Never the same to two who ask at once: each passes over what another holds. */
export async function claimOneTimeKeys(
  q: Queries,
  deviceIds: readonly string[],
  now: number,
): Promise<ClaimedRow[]> {
  const ids = sql.param([...deviceIds]);
  const { rows } = await q.execute<Pick<ClaimedRow, keyof ClaimedRow>>(
    sql`update ${oneTimeKeys} as k set claimed_at = ${now}::bigint
      from (
        select oldest.* from unnest(${ids}::text[]) as d(id) cross join lateral (
          select device_id, key_id from ${oneTimeKeys}
          where device_id = d.id and claimed_at is null order by seq limit 1 for update skip locked
        ) as oldest
      ) as next
      where k.device_id = next.device_id and k.key_id = next.key_id
      returning k.device_id as "deviceId", k.key_id as "keyId", k.key`,
  );
  return rows;
}

export async function deleteClaimedKeys(q: Queries, before: number): Promise<void> {
  await q.delete(oneTimeKeys).where(lt(oneTimeKeys.claimedAt, before));
}

// --- Fallback keys ---------------------------------------------------------------------------------------------

export async function findFallbackKey(
  q: Queries,
  deviceId: string,
): Promise<(KeyRow & { used: boolean }) | null> {
  const { keyId, key, used } = fallbackKeys;
  const [row] = await q
    .select({ keyId, key, used })
    .from(fallbackKeys)
    .where(eq(fallbackKeys.deviceId, deviceId));
  return row ?? null;
}

export async function setFallbackKey(q: Queries, deviceId: string, key: KeyRow): Promise<void> {
  const set = { ...key, used: false };
  await q
    .insert(fallbackKeys)
    .values({ deviceId, ...set })
    .onConflictDoUpdate({ target: fallbackKeys.deviceId, set });
}

export async function useFallbackKeys(q: Queries, deviceIds: readonly string[]): Promise<ClaimedRow[]> {
  const { deviceId, keyId, key } = fallbackKeys;
  return q
    .update(fallbackKeys)
    .set({ used: true })
    .where(oneOf(deviceId, deviceIds))
    .returning({ deviceId, keyId, key });
}
