/** A copy of a freshly made embedded database: making one takes seconds of computing, and most tests are not about that. */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../../../db/client.ts';

/** Puts a migrated, empty database into `dataDir`. */
export async function giveDatabase(dataDir: string): Promise<void> {
  const template = join(tmpdir(), `holler-template-${versionHash()}`);
  if (!existsSync(template)) await make(template);
  cpSync(join(template, 'db'), join(dataDir, 'db'), { recursive: true });
}

/** Several test files may make it at the same time: the first to be done puts it in place. */
async function make(template: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'holler-making-'));
  const db = await openDatabase({ url: null, dataDir: folder, onConnectionLost: () => {} });
  await db.close();
  try {
    renameSync(folder, template);
  } catch (error) {
    if (!existsSync(template)) throw error;
    rmSync(folder, { recursive: true });
  }
}

/** Another engine or another schema is another template. */
function versionHash(): string {
  const read = (path: string) => readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)));
  const parts = [
    'node_modules/@electric-sql/pglite/package.json',
    'db/migrations/meta/_journal.json',
    'db/schema.ts',
    'db/engine.ts',
  ];
  return createHash('sha256')
    .update(Buffer.concat(parts.map(read)))
    .digest('hex')
    .slice(0, 16);
}
