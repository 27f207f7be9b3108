/** Copies of freshly made databases: making one takes seconds of computing, and most tests are not about that. */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../../../db/client.ts';

/** Puts a migrated, empty database into `dataDir`. */
export async function giveDatabase(dataDir: string): Promise<void> {
  const template = await madeOnce(`template-${versionHash()}`, async (folder) => {
    const db = await openDatabase({ url: null, dataDir: folder, onConnectionLost: () => {} });
    await db.close();
  });
  cpSync(join(template, 'db'), join(dataDir, 'db'), { recursive: true });
}

/**
 * The path of a folder of that name that `make` filled, for all tests that this user runs on this machine. Several test
 * files may make it at the same time: the first to be done puts it in place.
 */
export async function madeOnce(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const template = join(tmpdir(), `holler-${userInfo().username}-${name}`);
  if (existsSync(template)) return template;
  const folder = mkdtempSync(join(tmpdir(), 'holler-making-'));
  await make(folder);
  try {
    renameSync(folder, template);
  } catch (error) {
    if (!existsSync(template)) throw error;
    rmSync(folder, { recursive: true });
  }
  return template;
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
