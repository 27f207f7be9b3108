/** A process that makes a new embedded database in a folder and ends; its memory goes back with it, all of it. */
import { openEngine, failureOf } from './engine.ts';
import { syncTree } from './sync.ts';

const [folder = ''] = process.argv.slice(2);

try {
  const database = await openEngine(folder);
  await database.close();
  // What PGlite's own initdb wrote went through a file system without fsync.
  syncTree(folder);
} catch (error) {
  process.send?.(failureOf(error));
}
process.disconnect();
