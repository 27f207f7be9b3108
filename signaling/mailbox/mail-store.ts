/** Mail in the database. Each statement's text is the same for any number of items, so that it stays prepared. */
import { and, asc, gt, lt, sql } from 'drizzle-orm';
import type { Queries } from '../../db/client.ts';
import { oneOf } from '../../db/one-of.ts';
import { devices, mail } from '../../db/schema.ts';

/** What tells a repeat from a new one, together. */
export interface MailKey {
  readonly deviceId: string;
  readonly senderDeviceId: string;
  readonly mailId: string;
  readonly parcel: number;
}
export interface NewItem extends MailKey {
  readonly senderId: string;
  readonly at: number;
  readonly body: string;
}
export interface WaitingItem {
  readonly id: number;
  readonly senderId: string;
  readonly senderDeviceId: string;
  readonly at: number;
  readonly body: string;
}
/** Both databases may hand out a bigint as text. */
type FoundItem = Record<'id' | 'at' | 'waiting' | 'senderId' | 'senderDeviceId' | 'body', string>;
/** A type, not an interface: only that is taken for a row. */
type DeletedItem = Pick<MailKey, keyof MailKey> & { readonly senderId: string; readonly bytes: number };
export interface ItemPage {
  readonly items: WaitingItem[];
  readonly more: boolean;
}

const texts = (values: readonly string[]) => sql`${sql.param([...values])}::text[]`;
const numbers = (values: readonly number[]) => sql`${sql.param([...values])}::bigint[]`;

/**
 * Whose these devices are, by device; without those whose session has ended. They stay until the transaction ends. In
 * order, so that no two who lock the same ones wait for each other.
 */
export async function lockDevices(
  q: Queries,
  ids: readonly string[],
  now: number,
): Promise<Map<string, string>> {
  const rows = await q
    .select({ id: devices.id, personId: devices.personId })
    .from(devices)
    .where(and(oneOf(devices.id, ids), gt(devices.expiresAt, now)))
    .orderBy(asc(devices.id))
    .for('key share');
  return new Map(rows.map(({ id, personId }) => [id, personId]));
}

/** In this order. Answers the numbers that those got that were not there yet. */
export async function insertItems(
  q: Queries,
  items: readonly NewItem[],
): Promise<(MailKey & { id: number })[]> {
  if (items.length === 0) return [];
  const bodies = [...new Set(items.map(({ body }) => body))];
  const place = new Map(bodies.map((body, index) => [body, index + 1]));
  const { rows } = await q.execute(
    sql`insert into ${mail} (device_id, sender_id, sender_device_id, mail_id, parcel, at, bytes, body)
      select i.device_id, i.sender_id, i.sender_device_id, i.mail_id, i.parcel, i.at, length(b.body), b.body
      from unnest(
        ${texts(items.map((item) => item.deviceId))}, ${texts(items.map((item) => item.senderId))},
        ${texts(items.map((item) => item.senderDeviceId))}, ${texts(items.map((item) => item.mailId))},
        ${numbers(items.map((item) => item.parcel))}, ${numbers(items.map((item) => item.at))},
        ${numbers(items.map((item) => place.get(item.body) ?? 0))}
      ) with ordinality as i(device_id, sender_id, sender_device_id, mail_id, parcel, at, place, n)
      join unnest(${texts(bodies)}) with ordinality as b(body, place) on b.place = i.place
      order by i.n
      on conflict on constraint mail_once do nothing
      returning id, device_id as "deviceId", sender_device_id as "senderDeviceId", mail_id as "mailId", parcel`,
  );
  return numbered(rows);
}

/** A bigint that the database gives as it is comes as text. */
const numbered = (rows: readonly unknown[]) =>
  (rows as (MailKey & { id: string })[]).map((row) => ({ ...row, id: Number(row.id) }));

/** Which of these wait already. */
export async function findItems(q: Queries, keys: readonly MailKey[]): Promise<(MailKey & { id: number })[]> {
  if (keys.length === 0) return [];
  const { rows } = await q.execute(
    sql`select m.id, m.device_id as "deviceId", m.sender_device_id as "senderDeviceId", m.mail_id as "mailId", m.parcel
      from unnest(
        ${texts(keys.map((key) => key.deviceId))}, ${texts(keys.map((key) => key.senderDeviceId))},
        ${texts(keys.map((key) => key.mailId))}, ${numbers(keys.map((key) => key.parcel))}
      ) as k(device_id, sender_device_id, mail_id, parcel)
      join ${mail} as m using (device_id, sender_device_id, mail_id, parcel)`,
  );
  return numbered(rows);
}

/** What waits for a device after an item: as many as fit `atMost`, and at least one. */
export async function readPage(
  q: Queries,
  deviceId: string,
  after: number,
  atMost: { readonly items: number; readonly bytes: number },
): Promise<ItemPage> {
  const { rows } = await q.execute<FoundItem>(
    // The bodies are fetched last, so that only those are that fit.
    sql`select m.id, m.sender_id as "senderId", m.sender_device_id as "senderDeviceId", m.at, m.body, w.waiting
      from (
        select id, row_number() over o as place, sum(bytes) over o - bytes as before, count(*) over () as waiting
        from (
          select id, bytes from ${mail} where device_id = ${deviceId} and id > ${after}::bigint
          order by id limit ${atMost.items + 1}
        ) as next
        window o as (order by id)
      ) as w
      join ${mail} as m on m.device_id = ${deviceId} and m.id = w.id
      where w.place <= ${atMost.items} and w.before < ${atMost.bytes}
      order by m.id`,
  );
  const items = rows.map(({ id, at, senderId, senderDeviceId, body }) => ({
    id: Number(id),
    at: Number(at),
    senderId,
    senderDeviceId,
    body,
  }));
  return { items, more: Number(rows[0]?.waiting ?? 0) > items.length };
}

/** Answers those that were there. */
export async function deleteItems(
  q: Queries,
  acknowledged: readonly { readonly deviceId: string; readonly id: number }[],
): Promise<DeletedItem[]> {
  if (acknowledged.length === 0) return [];
  const { rows } = await q.execute<DeletedItem>(
    sql`delete from ${mail} as m
      using unnest(
        ${texts(acknowledged.map((item) => item.deviceId))}, ${numbers(acknowledged.map((item) => item.id))}
      ) as a(device_id, id)
      where m.device_id = a.device_id and m.id = a.id
      returning m.device_id as "deviceId", m.sender_device_id as "senderDeviceId", m.mail_id as "mailId",
        m.parcel, m.sender_id as "senderId", m.bytes`,
  );
  return rows;
}

/** What waits in these mailboxes, by device and sender. */
export async function countItems(
  q: Queries,
  deviceIds: readonly string[],
): Promise<{ deviceId: string; senderId: string; items: number; bytes: number }[]> {
  const { deviceId, senderId } = mail;
  return q
    .select({
      deviceId,
      senderId,
      items: sql<number>`count(*)`.mapWith(Number),
      bytes: sql<number>`sum(${mail.bytes})`.mapWith(Number),
    })
    .from(mail)
    .where(oneOf(deviceId, deviceIds))
    .groupBy(deviceId, senderId);
}

export async function deleteOldItems(q: Queries, before: number): Promise<void> {
  await q.delete(mail).where(lt(mail.at, before));
}
