/** How every benchmark reports: a table for people, then one line of JSON for machines. */

export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Ours to the reference measured in the same run; absent for the reference itself. */
  readonly ratio?: number;
  /** What the ratio should be: at most this, or at least, as `better` says. */
  readonly target?: number;
  readonly better?: 'lower' | 'higher';
}

export function report(bench: string, rows: readonly Row[]): void {
  const cells = rows.map((row) => [
    row.name,
    `${rounded(row.value)} ${row.unit}`,
    ratioText(row),
    verdict(row),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((cell) => cell[column]?.length ?? 0)));
  for (const cell of cells)
    console.log(
      cell
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  console.log(
    JSON.stringify({
      bench,
      rows: rows.map((row) => ({ ...row, value: rounded(row.value) })),
    }),
  );
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

function ratioText({ ratio }: Row): string {
  return ratio === undefined ? '' : `x${ratio.toFixed(2)}`;
}

function verdict({ ratio, target, better = 'lower' }: Row): string {
  if (ratio === undefined || target === undefined) return '';
  const met = better === 'lower' ? ratio <= target : ratio >= target;
  return `${met ? 'meets' : 'MISSES'} ${better === 'lower' ? '<=' : '>='} ${target}`;
}

/** The value below which `share` (0 to 1) of the samples lie (nearest rank). */
export function percentile(samples: readonly number[], share: number): number {
  if (samples.length === 0) throw new Error('no samples');
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}
