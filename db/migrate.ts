/** Runs the checked-in migrations, one node at a time. */
import { fileURLToPath } from 'node:url';
import { existsSync } from 'node:fs';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as runMigrations } from 'drizzle-orm/node-postgres/migrator';
import type pg from 'pg';

/** Any number that only Holler locks: nodes that start together would otherwise race. */
const MIGRATION_LOCK = 4_065_537_319;

export async function migrate(client: pg.PoolClient): Promise<void> {
  await client.query('select pg_advisory_lock($1::bigint)', [MIGRATION_LOCK]);
  try {
    await runMigrations(drizzle(client), { migrationsFolder: migrationsFolder() });
  } finally {
    await client.query('select pg_advisory_unlock($1::bigint)', [MIGRATION_LOCK]);
  }
}

/** Beside this file in the sources; the compiled file stands in dist/server/db, and SQL is not compiled. */
function migrationsFolder(): string {
  const beside = fileURLToPath(new URL('./migrations', import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL('../../../db/migrations', import.meta.url));
}
