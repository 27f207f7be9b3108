/** `npm run test:torture -- --minutes 30 --seed 7`: a long run; prints its seed, and the schedule so far if it fails. */
import { parseArgs } from 'node:util';
import { run } from './run.ts';
import { FAULTS } from './schedule.ts';
import type { Fault } from './schedule.ts';
import { WORLDS } from './worlds.ts';

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    world: { type: 'string', default: 'five' },
    faults: { type: 'string', default: FAULTS.join(',') },
    database: { type: 'string' },
    /** s that everybody may take to agree at the end. */
    patience: { type: 'string', default: '180' },
  },
});
if (values.help) {
  console.log(
    [
      'npm run test:torture -- [--minutes 1] [--seed N] [--world five] [--faults a,b] [--database postgres] [--patience 180]',
      `--world     ${Object.keys(WORLDS).join(', ')}`,
      `--faults    ${FAULTS.join(', ')}; all of them unless said otherwise`,
      '--database  postgres or embedded; by the seed unless said otherwise: odd ones are on PostgreSQL',
      '--patience  s that everybody may take to agree at the end',
    ].join('\n'),
  );
  process.exit(0);
}
const seed = Number(values.seed);
const world = WORLDS[values.world];
const faults = values.faults
  .split(',')
  .filter((name): name is Fault => FAULTS.some((fault) => fault === name));
if (!world || !Number.isSafeInteger(seed)) {
  console.error(`--seed is a whole number, --world one of ${Object.keys(WORLDS).join(', ')}`);
  process.exit(1);
}
const database =
  values.database === 'embedded' || values.database === 'postgres'
    ? values.database
    : seed % 2 === 0
      ? 'embedded'
      : 'postgres';
const done = await run({
  plan: {
    seed,
    length: Number(values.minutes) * 60_000,
    shape: world.shape,
    faults: faults.filter((fault) => fault !== 'database' || database === 'postgres'),
    bursts: 1,
    faultRate: 0.4,
  },
  database,
  relayOnly: world.relayOnly,
  patience: Number(values.patience) * 1_000,
  log: (line) => console.log(line),
});
const { problems, ...counts } = done;
console.log(JSON.stringify({ torture: values.world, seed, database, problems: problems.length, ...counts }));
process.exit(problems.length === 0 ? 0 : 1);
