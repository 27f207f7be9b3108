/** `column = any (ids)`: one parameter however many ids, so that the statement's text stays the same and stays prepared. */
import { sql, type Column, type SQL } from 'drizzle-orm';

export const oneOf = (column: Column, ids: readonly string[]): SQL =>
  sql`${column} = any(${sql.param([...ids])})`;
