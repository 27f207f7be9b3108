/** Adds up the script that the browser needs before it can draw anything, prints it, and fails over the budget, which holds for gzip as well as for brotli. */
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Plugin, Rolldown } from 'vite';

const kb = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`.padStart(10);

/** The entry and everything that it imports statically, each once. */
function firstPaintChunks(
  chunks: ReadonlyMap<string, Rolldown.OutputChunk>,
  entry: string,
): Rolldown.OutputChunk[] {
  const found = new Map<string, Rolldown.OutputChunk>();
  const visit = (file: string): void => {
    const chunk = chunks.get(file);
    if (chunk === undefined || found.has(file)) return;
    found.set(file, chunk);
    chunk.imports.forEach(visit);
  };
  visit(entry);
  return [...found.values()];
}

export function firstPaintReport(budget: number): Plugin {
  return {
    name: 'holler-first-paint-report',
    apply: 'build',
    writeBundle: {
      order: 'post',
      handler(_options, bundle) {
        const chunks = new Map(
          Object.values(bundle).flatMap((output) =>
            output.type === 'chunk' ? [[output.fileName, output] as const] : [],
          ),
        );
        const entry = [...chunks.values()].find((chunk) => chunk.isEntry && chunk.name === 'index');
        if (entry === undefined) return;
        const rows = firstPaintChunks(chunks, entry.fileName).map((chunk) => ({
          file: chunk.fileName,
          raw: Buffer.byteLength(chunk.code),
          brotli: brotliCompressSync(chunk.code).length,
          gzip: gzipSync(chunk.code, { level: 9 }).length,
        }));
        const total = rows.reduce(
          (sum, row) => ({
            file: 'first paint, script',
            raw: sum.raw + row.raw,
            brotli: sum.brotli + row.brotli,
            gzip: sum.gzip + row.gzip,
          }),
          { file: '', raw: 0, brotli: 0, gzip: 0 },
        );
        const table = [...rows, total].map(
          ({ file, raw, brotli, gzip }) =>
            `${file.padEnd(48)} raw ${kb(raw)}  brotli ${kb(brotli)}  gzip ${kb(gzip)}`,
        );
        this.info(`\n${table.join('\n')}\nbudget: ${kb(budget).trim()} compressed`);
        if (total.gzip > budget)
          this.error(`The script for first paint is over its budget by ${kb(total.gzip - budget).trim()}.`);
      },
    },
  };
}
