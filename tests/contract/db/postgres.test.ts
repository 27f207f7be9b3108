/** What only PostgreSQL can show: nodes that start together, and a database that goes away and comes back. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../db/client.ts';
import { StorageError } from '../../../db/storage-error.ts';
import { type Cluster, startCluster, withClient } from '../lib/postgres.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.dispose());

const open = (url: string, onConnectionLost = () => {}) =>
  openDatabase({ url, dataDir: '', onConnectionLost });

describe('PostgreSQL', () => {
  it('is migrated once when six nodes start at the same time', async () => {
    const url = await cluster.newDatabase();
    const nodes = await Promise.all(Array.from({ length: 6 }, () => open(url)));
    await Promise.all(nodes.map((db) => db.close()));
    const once = await withClient(url, (client) =>
      client.query(
        'select count(*)::int as n, count(distinct hash)::int as kinds from drizzle.__drizzle_migrations',
      ),
    );
    const { n, kinds } = once.rows[0] as { n: number; kinds: number };
    expect(n).toBe(kinds);
    expect(n).toBeGreaterThan(0);
  });

  it('says so while it is away, and works again when it is back', async () => {
    const url = await cluster.newDatabase();
    let lost = 0;
    const db = await open(url, () => lost++);
    await Promise.all(
      Array.from({ length: 4 }, () => db.query((q) => q.execute(sql`select pg_sleep(0.05)`))),
    );
    const during = db.query((q) => q.execute(sql`select pg_sleep(20)`)).catch((error: unknown) => error);
    await cluster.stop();
    const errors = [await during, await db.ping().catch((error: unknown) => error)];
    expect(errors.map((error) => error instanceof StorageError && error.problem)).toEqual([
      'unavailable',
      'unavailable',
    ]);
    expect(lost).toBeGreaterThan(0);
    await cluster.start();
    await expect(db.ping()).resolves.toBeUndefined();
    await db.close();
  });
});
