/** Tells the service worker which files make the shell of this build, and gives the build a name by their content. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin, Rolldown } from 'vite';

const MARK = '__HOLLER_SHELL__';

/** Larger than this is seldom needed (word lists, OPAQUE): kept when it is used. */
const LARGEST = 200_000;

/** What the document asks for beside them, under names that stay the same: the look is not drawn before the first is there. */
const BESIDE = ['first-look.js', 'favicon.svg', 'favicon-unread.svg'];

/** The scripts and styles of the page, so that what it loads later is there without a network and after an update. */
function shellOf(bundle: Rolldown.OutputBundle): string[] {
  return Object.values(bundle)
    .filter((output) => /^assets\/.*\.(?:js|css)$/.test(output.fileName))
    .filter((output) => isFirst(output) || sizeOf(output) <= LARGEST)
    .map((output) => `/${output.fileName}`);
}

const isFirst = (output: Rolldown.OutputBundle[string]): boolean => output.type === 'chunk' && output.isEntry;
const sizeOf = (output: Rolldown.OutputBundle[string]): number =>
  output.type === 'chunk' ? output.code.length : output.source.length;

export function shellFiles(): Plugin {
  let beside: readonly Buffer[] = [];
  return {
    name: 'holler-shell-files',
    apply: 'build',
    async configResolved({ publicDir }) {
      beside = await Promise.all(BESIDE.map((name) => readFile(join(publicDir, name))));
    },
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const worker = bundle['service-worker.js'];
        if (worker?.type !== 'chunk') return;
        const content = createHash('sha256');
        for (const output of Object.values(bundle)) {
          content.update(output.fileName);
          content.update(output.type === 'chunk' ? output.code : output.source);
        }
        for (const file of beside) content.update(file);
        const own = BESIDE.map((name) => `/${name}`);
        const shell = {
          version: content.digest('hex').slice(0, 12),
          files: ['/', ...own, ...shellOf(bundle)],
        };
        worker.code = worker.code.replaceAll(MARK, JSON.stringify(shell));
      },
    },
  };
}
