/** `npm test`: gets what a machine lacks, builds, and runs every test project. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensure } from './tools/programs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Where the test runner notes what failed and what had to be tried again. */
const notes = mkdtempSync(join(tmpdir(), 'holler-tests-'));
const summary = join(notes, 'summary');
writeFileSync(summary, '');
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));

/** Runs one step and says how it went; `quiet` keeps what it prints until it is done. */
async function run([title, command, args], quiet = false) {
  if (!quiet) console.log(`\n== ${title}`);
  const started = Date.now();
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, HOLLER_SUMMARY: summary },
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
  });
  const printed = [];
  child.stdout?.on('data', (chunk) => printed.push(chunk));
  child.stderr?.on('data', (chunk) => printed.push(chunk));
  const [status] = await once(child, 'close');
  if (quiet) console.log(`\n== ${title}\n${Buffer.concat(printed).toString()}`);
  console.log(
    `== ${title}: ${status === 0 ? 'passed' : 'FAILED'} in ${Math.round((Date.now() - started) / 1000)} s`,
  );
  return { title, passed: status === 0 };
}

try {
  ensure(['chromium', 'firefox', 'certutil', 'initdb', 'turnserver', 'strace', 'ip', 'nft']);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

// Network namespaces need root on Linux. Elsewhere everything else still runs, and this says what did not.
const lab = process.platform === 'linux' && process.getuid?.() === 0;
if (!lab)
  console.log('The lab (NATs in network namespaces) needs root on Linux and is left out: run it as root.');

/** By itself the runner leaves one core to others. */
const project = (name, workers = 1) => [
  name,
  process.execPath,
  [vitest, 'run', '--project', name, `--maxWorkers=${workers}`],
];
const script = (name) => [name, 'npm', ['run', '--silent', name]];

/** Steps one after the other; `quiet` keeps what each prints until it is done. */
async function runLane(steps, quiet) {
  const done = [];
  for (const step of steps) done.push(await run(step, quiet));
  return done;
}

/** Side by side, since either waits for much of its time; the first is heard as it goes. */
const runLanes = async (...lanes) =>
  (await Promise.all(lanes.map((steps, index) => runLane(steps, index > 0)))).flat();

const results = [
  // Building is done by one core.
  ...(await runLanes([script('check'), project('unit', 2)], [script('build')])),
  ...(await runLanes(
    [project('contract'), project('turn'), project('browser')],
    [...(lab ? [project('lab')] : []), project('browser-patient')],
  )),
];

console.log(`\n${readFileSync(summary, 'utf8')}`.trimEnd());
rmSync(notes, { recursive: true });
const failed = results.filter(({ passed }) => !passed).map(({ title }) => title);
if (failed.length > 0) console.error(`Failed: ${failed.join(', ')}`);
console.log(`steps: ${results.length - failed.length} passed, ${failed.length} failed`);
process.exit(failed.length === 0 ? 0 : 1);
