/**
 * Writes a brotli file beside every text file of the build, so that the server never compresses while serving. What takes
 * long (the encryption engine: a quarter of a minute) is kept by its content and not done again.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import type { Plugin } from 'vite';

const compress = promisify(brotliCompress);
const TEXT = /\.(?:js|css|html|svg|json|webmanifest|wasm)$/;
/** Below this the answer fits one packet anyway. */
const SMALLEST = 1024;
/** From here on it is worth keeping. */
const LARGE = 1_000_000;
const KEPT = fileURLToPath(new URL('../../node_modules/.cache/holler-brotli', import.meta.url));

const brotli = (content: Buffer) =>
  compress(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } });

async function small(content: Buffer): Promise<Buffer> {
  if (content.length < LARGE) return brotli(content);
  const kept = join(KEPT, `${createHash('sha256').update(content).digest('hex')}.br`);
  try {
    return await readFile(kept);
  } catch {
    // Not kept yet.
  }
  const made = await brotli(content);
  await mkdir(KEPT, { recursive: true });
  // Two builds at once must not read each other's half.
  await writeFile(`${kept}.${process.pid}`, made);
  await rename(`${kept}.${process.pid}`, kept);
  return made;
}

export function precompress(): Plugin {
  let folder = '';
  return {
    name: 'holler-precompress',
    apply: 'build',
    configResolved: (config) => void (folder = config.build.outDir),
    closeBundle: {
      order: 'post',
      async handler() {
        const files = await readdir(folder, { recursive: true });
        for (const file of files.filter((name) => TEXT.test(name))) {
          const content = await readFile(join(folder, file));
          if (content.length < SMALLEST) continue;
          await writeFile(join(folder, `${file}.br`), await small(content));
        }
      },
    },
  };
}
