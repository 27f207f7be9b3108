/** `npm test`: gets what a machine lacks, builds, and runs every test project one after the other. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ensure } from './tools/programs.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));

function run(title, command, args) {
  console.log(`\n== ${title}`);
  const started = Date.now();
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  console.log(
    `== ${title}: ${status === 0 ? 'passed' : 'FAILED'} in ${Math.round((Date.now() - started) / 1000)} s`,
  );
  return status === 0;
}

try {
  ensure(['chromium', 'firefox', 'initdb', 'turnserver', 'strace', 'ip', 'nft']);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

// Network namespaces need root on Linux. Elsewhere everything else still runs, and this says what did not.
const lab = process.platform === 'linux' && process.getuid?.() === 0;
if (!lab)
  console.log('The lab (NATs in network namespaces) needs root on Linux and is left out: run it as root.');

const projects = ['unit', 'contract', 'browser', ...(lab ? ['lab'] : [])];
const steps = [
  ['build', 'npm', ['run', '--silent', 'build']],
  ['check', 'npm', ['run', '--silent', 'check']],
  ...projects.map((project) => [project, process.execPath, [vitest, 'run', '--project', project]]),
];
const failed = steps.filter(([title, command, args]) => !run(title, command, args)).map(([title]) => title);
const passed = steps.length - failed.length;
if (failed.length > 0) console.error(`Failed: ${failed.join(', ')}`);
console.log(`steps: ${passed} passed, ${failed.length} failed`);
process.exit(failed.length === 0 ? 0 : 1);
