/** A process of its own for tests that count its system calls, kill it, or fill its disk: `child.ts <what> <folder> <n>`. */
import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, openDatabase } from '../../../db/client.ts';
import { people } from '../../../db/schema.ts';
import { StorageError } from '../../../db/storage-error.ts';
import { giveDatabase } from '../lib/template.ts';

const [what = '', dataDir = '', n = '0'] = process.argv.slice(2);
const say = (line: string) => process.stdout.write(`${line}\n`);
const open = () => openDatabase({ url: null, dataDir, onConnectionLost: () => {} });

async function insert(db: Database, id: string, displayName = 'x'): Promise<void> {
  const names = { userName: id, skeleton: id, opaqueRecord: 'r' };
  await db.query((q) =>
    q.insert(people).values({ id, kind: 'account', ...names, displayName, createdAt: 1 }),
  );
}

/** `n` commits, one after the other, each told when it is done. */
async function commit(): Promise<void> {
  const db = await open();
  for (let i = 0; i < Number(n); i++) {
    await insert(db, `row-${process.pid}-${i}`);
    say(`done row-${process.pid}-${i}`);
  }
  await db.close();
}

/** Writes what does not compress until the disk is full, says how that showed, makes room, and writes again. */
async function fill(): Promise<void> {
  await giveDatabase(dataDir);
  const ballast = join(dataDir, 'ballast');
  writeFileSync(ballast, Buffer.alloc(8 * 1024 * 1024, 1));
  const db = await open();
  let told = 0;
  for (; ; told++) {
    const problem = await insert(db, `row-${told}`, randomBytes(400_000).toString('base64')).then(
      () => null,
      (error: unknown) => error,
    );
    if (problem === null) continue;
    if (!(problem instanceof StorageError)) throw problem;
    say(`problem ${problem.problem}`);
    break;
  }
  rmSync(ballast);
  await insert(db, 'after');
  const rows = await db.query((q) => q.select({ id: people.id }).from(people));
  say(`kept ${rows.length} of ${told + 1}`);
  await db.close();
}

if (!existsSync(dataDir)) throw new Error('no folder');
await (what === 'fill' ? fill() : commit());
