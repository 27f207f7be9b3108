/** Writes a brotli file beside every text file of the build, so that the server never compresses while serving. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import type { Plugin } from 'vite';

const compress = promisify(brotliCompress);
const TEXT = /\.(?:js|css|html|svg|json|webmanifest|wasm)$/;
/** Below this the answer fits one packet anyway. */
const SMALLEST = 1024;

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
          const small = await compress(content, {
            params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
          });
          await writeFile(join(folder, `${file}.br`), small);
        }
      },
    },
  };
}
