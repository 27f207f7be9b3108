/** An account's sealed secrets. The server can tell nothing of them but their version. */
import { and, eq, sql } from 'drizzle-orm';
import type { Database, Queries } from '../../db/client.ts';
import { vaults } from '../../db/schema.ts';
import { ok, refuse, type Outcome } from '../outcome.ts';
import type { ResealedVault, Vault } from '../protocol/vault.ts';

const EMPTY: Vault = { version: 0, byPassword: null, byCode: null };
const { personId, version, byPassword, byCode } = vaults;
const CONTENT = { version, byPassword, byCode };

export async function readVault(db: Database, ownerId: string): Promise<Vault> {
  const [row] = await db.query((q) => q.select(CONTENT).from(vaults).where(eq(personId, ownerId)));
  return row ?? EMPTY;
}

/** `next.version` names the one that it replaces. */
export async function writeVault(db: Database, ownerId: string, next: Vault): Promise<Outcome<Vault>> {
  const { version: before, ...sealed } = next;
  const rows = await db.query((q) =>
    before === 0
      ? q
          .insert(vaults)
          .values({ personId: ownerId, version: 1, ...sealed })
          .onConflictDoNothing()
          .returning(CONTENT)
      : q
          .update(vaults)
          .set({ version: sql`${version} + 1`, ...sealed })
          .where(and(eq(personId, ownerId), eq(version, before)))
          .returning(CONTENT),
  );
  return rows[0] === undefined ? refuse('conflict') : ok(rows[0]);
}

/** With a new password, in its transaction. False: they are of another version by now, and nothing is written. */
export async function resealVault(q: Queries, ownerId: string, next: ResealedVault): Promise<boolean> {
  const rows = await q
    .update(vaults)
    .set({ version: sql`${version} + 1`, byPassword: next.byPassword })
    .where(and(eq(personId, ownerId), eq(version, next.version)))
    .returning({ version });
  return rows.length > 0;
}
