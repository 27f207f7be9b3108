/** Secrets that the server makes for itself once and keeps in the data folder, readable by its owner alone. */
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The secret in `dataDir`/`name`, made by `create` if there is none yet. */
export async function keptSecret(
  dataDir: string,
  name: string,
  create: () => string | Promise<string>,
): Promise<string> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, name);
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const secret = await create();
  // Synced before it is used: accounts made with a secret that a power cut takes away could never log in again.
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${secret}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return secret;
}
