/** The traps of the embedded database: durability, two processes, a killed process, a full disk. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../db/client.ts';
import { FolderLockedError } from '../../../db/folder-lock.ts';
import { people } from '../../../db/schema.ts';
import { need } from '../../tools/programs.mjs';
import { giveDatabase } from '../lib/template.ts';

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));
const TSX = ['--import', 'tsx', CHILD];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holler-embedded-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () => openDatabase({ url: null, dataDir: folder, onConnectionLost: () => {} });

async function storedIds(): Promise<string[]> {
  const db = await open();
  const rows = await db.query((q) => q.select({ id: people.id }).from(people));
  await db.close();
  return rows.map(({ id }) => id);
}

/** Runs child.ts and answers everything that it printed. */
function run(args: string[], before: string[] = []): string {
  const [command = process.execPath, ...rest] = [...before, process.execPath, ...TSX, ...args];
  return execFileSync(command, rest, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 50_000,
  });
}

/** What a traced child did, in order: `sync`, or `done` for a row that it says is committed. */
function traced(commits: number): string[] {
  const report = join(folder, 'strace');
  const strace = [need('strace'), '-f', '-qq', '-e', 'trace=fsync,fdatasync,write', '-o', report];
  run(['commit', folder, String(commits)], strace);
  const events = readFileSync(report, 'utf8').matchAll(/\b(?:(fsync|fdatasync)\(|write\(1, "done )/g);
  return [...events].map(([, sync]) => (sync === undefined ? 'done' : 'sync'));
}

describe('the embedded database', () => {
  it('syncs every commit to the disk before it is acknowledged', async () => {
    await giveDatabase(folder);
    const events = traced(20);
    const rows = events.flatMap((event, index) => (event === 'done' ? [index] : []));
    expect(rows).toHaveLength(20);
    expect(rows.every((index) => events[index - 1] === 'sync')).toBe(true);
  });

  it('loses no acknowledged row when it is killed, however often, and its lock dies with it', async () => {
    await giveDatabase(folder);
    const acknowledged: string[] = [];
    for (let round = 0; round < 3; round++) {
      const child = spawn(process.execPath, [...TSX, 'commit', folder, '100000'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      acknowledged.push(...(await linesUntilKilled(child, 30)));
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(90);
    expect(await storedIds()).toEqual(expect.arrayContaining(acknowledged));
  });

  it('lets one process in at a time and says who is in', async () => {
    await giveDatabase(folder);
    const first = await open();
    await expect(open()).rejects.toThrow(`in use by process ${process.pid} on `);
    await first.close();
    await (await open()).close();
    expect(readdirSync(folder)).toEqual(['db']);
  });

  it('lets exactly one of many in that start at the same time', async () => {
    await giveDatabase(folder);
    const results = await Promise.allSettled(Array.from({ length: 6 }, open));
    const databases = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const reasons = results.flatMap((result): unknown[] =>
      result.status === 'rejected' ? [result.reason] : [],
    );
    await Promise.all(databases.map((db) => db.close()));
    expect(databases).toHaveLength(1);
    expect(reasons.every((reason) => reason instanceof FolderLockedError)).toBe(true);
  });

  it('starts over when it was interrupted while it was being made', async () => {
    mkdirSync(join(folder, 'db.new'));
    writeFileSync(join(folder, 'db.new', 'PG_VERSION'), 'half');
    expect(await storedIds()).toEqual([]);
    expect(existsSync(join(folder, 'db.new'))).toBe(false);
  });

  it('answers a full disk with a typed error, keeps what was acknowledged, and goes on when there is room', () => {
    // A mount namespace of its own: the small disk is gone with the process.
    const script = `mount -t tmpfs -o size=96m tmpfs "${folder}" && exec "$@"`;
    const output = run(['fill', folder], ['unshare', '--mount', '--map-root-user', 'sh', '-c', script, 'sh']);
    expect(output).toContain('problem full');
    const [, kept, told] = /kept (\d+) of (\d+)/.exec(output) ?? [];
    expect(Number(told)).toBeGreaterThan(3);
    expect(kept).toBe(told);
  });
});

/** The rows that a child says are committed; it is killed as soon as there are `enough`. */
async function linesUntilKilled(child: ChildProcess, enough: number): Promise<string[]> {
  let text = '';
  const ended = once(child, 'exit');
  child.stdout?.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    if (text.split('\n').length > enough) child.kill('SIGKILL');
  });
  await ended;
  return [...text.matchAll(/^done (\S+)\n/gm)].map((match) => match[1] ?? '');
}
