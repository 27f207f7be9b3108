/** What the database must do, held against the embedded one and PostgreSQL alike. */
import { eq, getTableColumns, sql } from 'drizzle-orm';
import { is } from 'drizzle-orm/entity';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../db/client.ts';
import * as schema from '../../../db/schema.ts';
import { isConflict, StorageError } from '../../../db/storage-error.ts';
import { claimOneTimeKeys } from '../../../signaling/keys/device-key-store.ts';
import { bothKinds, type Place } from '../lib/databases.ts';

const {
  blobPieces,
  blobRecipients,
  blobs,
  contacts,
  devices,
  groupMembers,
  groups,
  invites,
  people,
  refusals,
  requests,
  snapshotChunks,
  snapshots,
} = schema;
const { mail, deviceKeys, fallbackKeys, identities, identitySignatures, keyVersions, oneTimeKeys, vaults } =
  schema;
const TABLES: PgTable[] = Object.values(schema).flatMap((value) => (is(value, PgTable) ? [value] : []));

const open = (place: Place): Promise<Database> => openDatabase({ ...place, onConnectionLost: () => {} });

let made = 0;
/** 22 characters, each time others. */
const newId = () => `${++made}`.padStart(22, 'x');
function account(id: string) {
  const names = { userName: `user-${id}`, skeleton: `user${id}` };
  return { id, kind: 'account' as const, ...names, displayName: id, opaqueRecord: 'r', createdAt: 1 };
}

describe.each(bothKinds())('$name', (kind) => {
  let db: Database;
  let place: Place;

  beforeAll(async () => {
    await kind.start();
    place = await kind.newPlace();
    db = await open(place);
  });
  afterAll(async () => {
    await db.close();
    await kind.stop();
  });

  const addPerson = async () => {
    const id = newId();
    await db.query((q) => q.insert(people).values(account(id)));
    return id;
  };
  const find = (id: string) => db.query((q) => q.select().from(people).where(eq(people.id, id)));

  it('keeps what was written when it is closed and opened again, migrating nothing twice', async () => {
    const there = await kind.newPlace();
    const first = await open(there);
    const id = newId();
    await first.query((q) => q.insert(people).values(account(id)));
    await first.close();
    const second = await open(there);
    const rows = await second.query((q) => q.select({ id: people.id }).from(people));
    await second.close();
    expect(rows).toEqual([{ id }]);
  });

  it('gives times back as the numbers that were written, up to the largest exact one', async () => {
    const id = newId();
    await db.query((q) => q.insert(people).values({ ...account(id), createdAt: Number.MAX_SAFE_INTEGER }));
    expect((await find(id))[0]).toMatchObject({ createdAt: Number.MAX_SAFE_INTEGER, lastSeen: null });
  });

  it('gives a raw bigint back as text, and so never a rounded number', async () => {
    const { rows } = await db.query((q) => q.execute(sql`select 9007199254740993::bigint as n`));
    expect(rows).toEqual([{ n: '9007199254740993' }]);
  });

  it('gives bytes back as they were', async () => {
    const [personId, bytes] = [await addPerson(), Buffer.from([0, 255, 128, 10, 0])];
    const times = { createdAt: 1, lastSeen: 1, expiresAt: 1 };
    const device = {
      id: newId(),
      personId,
      tokenDigest: bytes,
      name: '',
      clientVersion: '',
      address: '',
      ...times,
    };
    await db.query((q) => q.insert(devices).values(device));
    const [row] = await db.query((q) => q.select().from(devices).where(eq(devices.tokenDigest, bytes)));
    expect(row?.tokenDigest.equals(bytes)).toBe(true);
  });

  it('keeps Chinese, emoji and right-to-left text', async () => {
    const [id, displayName] = [newId(), '王小明 👩‍👩‍👧 مرحبا'];
    await db.query((q) => q.insert(people).values({ ...account(id), displayName }));
    expect((await find(id))[0]?.displayName).toBe(displayName);
  });

  it('rolls a transaction back when its work throws, and goes on', async () => {
    const id = newId();
    const work = db.transaction(async (q) => {
      await q.insert(people).values(account(id));
      throw new Error('on purpose');
    });
    await expect(work).rejects.toThrow('on purpose');
    expect(await find(id)).toEqual([]);
    await expect(addPerson()).resolves.toBeTypeOf('string');
  });

  it('runs transactions that are asked for at once without mixing them', async () => {
    const ids = Array.from({ length: 20 }, newId);
    const ended = await Promise.allSettled(
      ids.map((id, index) =>
        db.transaction(async (q) => {
          await q.insert(people).values(account(id));
          if (index % 2 === 0) throw new Error('on purpose');
        }),
      ),
    );
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    const kept = await Promise.all(ids.map(async (id) => (await find(id)).length));
    expect(kept).toEqual(ids.map((_, index) => index % 2));
  });

  it.each([
    ['a query in a query', () => db.query(() => db.query((q) => q.select().from(people)))],
    ['a query in a transaction', () => db.transaction(() => db.query((q) => q.select().from(people)))],
    ['a transaction in a transaction', () => db.transaction(() => db.transaction(() => Promise.resolve()))],
  ])('refuses %s at once, where it would wait for itself for ever', async (_name, work) => {
    await expect(work()).rejects.toThrow('inside its own query or transaction');
  });

  it('names the unique constraint that was hit, and the connection stays usable', async () => {
    const id = await addPerson();
    const again = db.query((q) => q.insert(people).values({ ...account(newId()), userName: `user-${id}` }));
    const error = await again.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StorageError);
    expect(isConflict(error, 'people_user_name_unique')).toBe(true);
    const inTransaction = db.transaction((q) => q.insert(people).values(account(id)));
    expect(isConflict(await inTransaction.catch((thrown: unknown) => thrown), 'people_pkey')).toBe(true);
    await expect(db.ping()).resolves.toBeUndefined();
  });

  it('refuses an account without a password record and a guest with a user name', async () => {
    const [a, b] = [newId(), newId()];
    const insert = (person: typeof people.$inferInsert) => db.query((q) => q.insert(people).values(person));
    await expect(insert({ ...account(a), opaqueRecord: null })).rejects.toThrow();
    await expect(insert({ ...account(b), kind: 'guest', expiresAt: 1 })).rejects.toThrow();
  });

  it('deletes everything of a person with the person', async () => {
    const [gone, other] = [await addPerson(), await addPerson()];
    const times = { createdAt: 1, lastSeen: 1, expiresAt: 1 };
    await db.transaction(async (q) => {
      const device = { id: newId(), personId: gone, tokenDigest: Buffer.from(gone), ...times };
      await q.insert(devices).values({ ...device, name: '', clientVersion: '', address: '' });
      await q.insert(contacts).values([
        { ownerId: gone, personId: other, since: 1 },
        { ownerId: other, personId: gone, since: 1 },
      ]);
      await q
        .insert(requests)
        .values({ id: newId(), fromId: gone, toName: 'x', toId: other, requestedAt: 1 });
      await q.insert(refusals).values([
        { ownerId: other, personId: gone, kind: 'blocked', at: 1 },
        { ownerId: gone, personId: other, kind: 'declined', at: 1 },
      ]);
      const invite = { id: newId(), ownerId: gone, kind: 'friend' as const, codeDigest: Buffer.from(gone) };
      await q.insert(invites).values({ ...invite, createdAt: 1, expiresAt: 1 });
      const key = { deviceId: device.id, keyId: 'x', key: gone };
      await q.insert(deviceKeys).values({ deviceId: device.id, keys: gone });
      await q.insert(oneTimeKeys).values(key);
      await q.insert(fallbackKeys).values(key);
      const keys = { masterKey: gone, selfSigningKey: gone, userSigningKey: gone };
      await q.insert(identities).values({ personId: gone, ...keys });
      const signature = { masterKey: gone, signatures: gone, version: 1 };
      await q.insert(identitySignatures).values([
        { signerId: gone, personId: other, ...signature },
        { signerId: other, personId: gone, ...signature },
      ]);
      const item = { senderDeviceId: device.id, mailId: 'x', at: 1, bytes: 1, body: gone };
      const theirs = { ...device, id: newId(), personId: other, tokenDigest: Buffer.from(other) };
      await q.insert(devices).values({ ...theirs, name: '', clientVersion: '', address: '' });
      await q.insert(mail).values([
        { ...item, deviceId: device.id, senderId: other, parcel: 0 },
        { ...item, senderDeviceId: 'x', deviceId: theirs.id, senderId: gone, parcel: 1 },
      ]);
      await q.insert(blobs).values({ id: 'b', senderId: gone, bytes: 1, createdAt: 1 });
      await q.insert(blobPieces).values({ blobId: 'b', index: 0, data: Buffer.from(gone) });
      await q.insert(blobRecipients).values({ blobId: 'b', deviceId: theirs.id });
      await q.insert(snapshots).values({ id: 's', personId: gone, at: 1 });
      await q.insert(snapshotChunks).values({ snapshotId: 's', index: 0, data: Buffer.from(gone) });
      await q.insert(groups).values({ id: 'g', revision: 1, state: other });
      await q.insert(groupMembers).values({ groupId: 'g', personId: gone });
      await q.insert(keyVersions).values({ personId: gone, version: 1 });
      await q.insert(vaults).values({ personId: gone, version: 1, byPassword: gone });
      await q.delete(people).where(eq(people.id, gone));
    });
    const dump = await db.query(async (q) => {
      const rows: unknown[] = [];
      for (const table of TABLES) rows.push(await q.select().from(table));
      return JSON.stringify(rows);
    });
    expect(dump).toContain(other);
    expect(dump).not.toContain(gone);
  });

  it('hands each one-time key out once to claims that overlap', async () => {
    const [personId, deviceId] = [await addPerson(), newId()];
    const about = { name: '', clientVersion: '', address: '', createdAt: 1, lastSeen: 1, expiresAt: 1 };
    await db.query(async (q) => {
      await q
        .insert(devices)
        .values({ id: deviceId, personId, tokenDigest: Buffer.from(deviceId), ...about });
      await q.insert(deviceKeys).values({ deviceId, keys: '{}' });
      await q
        .insert(oneTimeKeys)
        .values(Array.from({ length: 12 }, (_, i) => ({ deviceId, keyId: `${i}`, key: '{}' })));
    });
    const claims = await Promise.all(
      Array.from({ length: 12 }, () =>
        db.transaction(async (q) => {
          const claimed = await claimOneTimeKeys(q, [deviceId], 1);
          // Open for a while, so that the others come to the same rows meanwhile.
          await q.execute(sql`select pg_sleep(0.05)`);
          return claimed;
        }),
      ),
    );
    const ids = claims.flatMap((claimed) => claimed.map(({ keyId }) => keyId));
    expect([ids.length, new Set(ids).size]).toEqual([12, 12]);
  });

  it('says that it is there', async () => {
    await expect(db.ping()).resolves.toBeUndefined();
  });
});

describe('the schema', () => {
  it('has no column that a driver would turn into a Date, or into a bigint', () => {
    const types = TABLES.flatMap((table) =>
      Object.values(getTableColumns(table)).map((column) => [column.name, column.dataType]),
    );
    expect(types.length).toBeGreaterThan(20);
    expect(types.filter(([, type]) => type === 'date' || type === 'bigint')).toEqual([]);
  });

  it('names every unique constraint that the code asks for', () => {
    const named = TABLES.flatMap((table) => [
      ...getTableConfig(table).uniqueConstraints.map(({ name }) => name),
      ...Object.values(getTableColumns(table)).flatMap(({ isUnique, uniqueName }) =>
        isUnique ? [uniqueName] : [],
      ),
    ]);
    expect(named).toEqual(expect.arrayContaining(['people_user_name_unique', 'people_skeleton_unique']));
  });
});
