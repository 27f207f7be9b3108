/** `npm start`: builds what is missing or older than its sources, then runs the server in this same process. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const turnAlone = process.argv[2] === 'turn';

/** What is built from what; `made` is written last. */
const builds = [
  {
    made: 'dist/server/signaling/main.js',
    from: ['signaling', 'turn', 'db', 'tsconfig.base.json', 'tsconfig.server.json', 'package-lock.json'],
    script: 'build:server',
  },
  {
    made: 'dist/web/index.html',
    from: ['web', 'signaling/protocol', 'vite.config.ts', 'package-lock.json'],
    script: 'build:web',
  },
];

function newest(path) {
  if (!existsSync(path)) return 0;
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), 0);
}

function isStale({ made, from }) {
  const built = newest(join(root, made));
  // An installed copy may come without its sources.
  return built === 0 || from.some((source) => newest(join(root, source)) > built);
}

for (const build of turnAlone ? builds.slice(0, 1) : builds) {
  if (!isStale(build)) continue;
  const { status } = spawnSync('npm', ['run', '--silent', build.script], {
    cwd: root,
    // The build's own words go to stderr: stdout has the one line with the URL.
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error(`npm run ${build.script} failed.`);
    process.exit(1);
  }
}

await import(pathToFileURL(join(root, 'dist/server', turnAlone ? 'turn/main.js' : 'signaling/main.js')).href);
