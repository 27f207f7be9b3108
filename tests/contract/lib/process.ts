/** The server as a process of its own, as it is built: for tests of its start and its end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PATIENCE_MS = 50_000;

export interface ServerProcess {
  readonly child: ChildProcess;
  /** What it has printed: on stdout, on stderr. */
  readonly out: () => string;
  readonly err: () => string;
  /** The address in its one line; rejects when it ends before. */
  readonly serving: Promise<string>;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
}

/** Without npm around it, which is a second process and ends otherwise. `before` is put before the command. */
export function startProcess(
  env: Record<string, string>,
  args: string[] = [],
  before: string[] = [],
): ServerProcess {
  return follow([...before, process.execPath, 'signaling/start.mjs', ...args], env);
}

/** As a person starts it, which builds what is missing. */
export function startByNpm(env: Record<string, string>): ServerProcess {
  return follow(['npm', 'start'], env);
}

function follow([command = '', ...rest]: readonly string[], env: Record<string, string>): ServerProcess {
  const child = spawn(command, rest, {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], HOST: '127.0.0.1', PORT: '0', TURN_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const serving = new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`It does not serve:\n${out}${err}`));
    }, PATIENCE_MS);
    child.stdout.on('data', () => {
      const found = /^Holler is at (\S+)$/m.exec(out);
      if (found === null) return;
      clearTimeout(timer);
      resolve(found[1] ?? '');
    });
    child.on('close', () => {
      clearTimeout(timer);
      reject(new Error(`It ended:\n${out}${err}`));
    });
  });
  // A test of a failing start looks at `ended` alone.
  serving.catch(() => null);
  return { child, out: () => out, err: () => err, serving, ended };
}
