/** Opens the database, embedded or PostgreSQL, behind one interface that cannot be used wrongly inside a transaction. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { openEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';
import * as schema from './schema.ts';
import { endsConnection, storageErrorFrom } from './storage-error.ts';

/** What stores get. It has no `transaction` of its own: those are opened by `Database.transaction` alone. */
export type Queries = Omit<NodePgDatabase<typeof schema>, 'transaction' | '$client'>;

export interface Database {
  /** Runs `work` on one connection, outside a transaction. */
  query<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  /** Runs `work` in one transaction; a throw rolls it back. */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  /** Throws a StorageError when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Null: the embedded database in `dataDir`. */
  readonly url: string | null;
  readonly dataDir: string;
  /** A connection was lost while nobody used it; the next use opens another. */
  readonly onConnectionLost: (error: Error) => void;
}

const CONNECT_TIMEOUT_MS = 5_000;
const POOL_SIZE = 16;

/** Opens and migrates. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const pool =
    options.url === null
      ? await openEmbedded(options.dataDir)
      : new pg.Pool({
          connectionString: options.url,
          max: POOL_SIZE,
          connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
          keepAlive: true,
        });
  pool.on('error', options.onConnectionLost);
  try {
    await withClient(pool, migrate);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return databaseOver(pool);
}

function databaseOver(pool: pg.Pool): Database {
  // The embedded database has one connection: a second use inside the first would wait for itself for ever.
  const inUse = new AsyncLocalStorage<true>();
  const guarded = <T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
    if (inUse.getStore()) throw new Error('The database was used inside its own query or transaction');
    return withClient(pool, (client) => inUse.run(true, () => work(client)));
  };
  return {
    query: (work) => guarded((client) => work(queriesOn(client))),
    transaction: (work) =>
      guarded(async (client) => {
        await client.query('begin');
        try {
          const result = await work(queriesOn(client));
          await client.query('commit');
          return result;
        } catch (error) {
          await rollBack(client);
          throw error;
        }
      }),
    ping: () => guarded(async (client) => void (await client.query('select 1'))),
    close: () => pool.end(),
  };
}

const drizzled = new WeakMap<pg.PoolClient, NodePgDatabase<typeof schema>>();

function queriesOn(client: pg.PoolClient): Queries {
  let queries = drizzled.get(client);
  if (queries === undefined) {
    queries = drizzle(preparing(client), { schema });
    drizzled.set(client, queries);
  }
  return queries;
}

/** The same statement has the same name on every connection, so that a database plans it once: up to four times as fast. */
const statementNames = new Map<string, string>();
/** Each costs memory on every connection; the code has about sixty. */
const STATEMENTS_AT_MOST = 200;
/** Longer ones are inserts of many rows, which hardly come twice in the same length. */
const STATEMENT_LENGTH_AT_MOST = 2_000;

function preparing(client: pg.PoolClient): pg.PoolClient {
  const prepared = Object.create(client) as pg.PoolClient;
  const query = (config: pg.QueryConfig, values?: unknown[]) => client.query(named(config), values);
  return Object.assign(prepared, { query });
}

function named(config: pg.QueryConfig): pg.QueryConfig {
  let name = statementNames.get(config.text);
  if (name === undefined) {
    const isFull = statementNames.size >= STATEMENTS_AT_MOST;
    if (isFull || config.text.length > STATEMENT_LENGTH_AT_MOST) return config;
    name = `s${statementNames.size}`;
    statementNames.set(config.text, name);
  }
  return { ...config, name };
}

/** Rolls back; a connection that cannot even do that is broken, and `withClient` drops it. */
async function rollBack(client: pg.PoolClient): Promise<void> {
  try {
    await client.query('rollback');
  } catch (error) {
    broken.add(client);
    throw error;
  }
}

const broken = new WeakSet<pg.PoolClient>();

async function withClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw storageErrorFrom(error);
  });
  // While a client is checked out the pool does not listen: without a listener a lost connection ends the process.
  const onLost = () => broken.add(client);
  client.on('error', onLost);
  try {
    return await work(client);
  } catch (error) {
    if (endsConnection(error)) broken.add(client);
    throw storageErrorFrom(error);
  } finally {
    client.off('error', onLost);
    client.release(broken.has(client));
  }
}
