/** Files that go up to the server one after the other: what is shown of each, and what becomes of it. */
import { describe, expect, it } from 'vitest';
import type { LeavingFile } from '../model.ts';
import { fail, ok } from '../result.ts';
import { createScope } from '../scope.ts';
import { createLeavingFiles } from './leaving-files.ts';
import type { LeaveEnd, WaitingFile } from './waiting-file.ts';

const WAITS: WaitingFile = { id: 'blob', key: 'key' };
const soon = () => new Promise((resolve) => void setTimeout(resolve));

/** Each file's runs end when the test says so. */
function setUp() {
  let shown: readonly LeavingFile[] = [];
  let ids = 0;
  const scope = createScope();
  const runs: { name: string; end: (end: LeaveEnd) => void; progress: (bytes: number) => void }[] = [];
  const takenBack: string[] = [];
  const announced: [string, WaitingFile | null | undefined][] = [];
  const files = createLeavingFiles({
    clock: { now: () => 0, monotonic: () => 0 },
    scope,
    newId: () => `l${ids++}`,
    leave: (_friendId, { name }, progress) => ({
      run: () => new Promise((end) => void runs.push({ name, end, progress })),
      takeBack: () => void takenBack.push(name),
    }),
    show: (all) => (shown = all),
  });
  const add = (name: string, result: 'stored' | 'refused' = 'stored') =>
    files.add('bob', new File(['12345'], name), (waits) => {
      announced.push([name, waits]);
      return Promise.resolve(result === 'stored' ? ok([]) : fail('storage'));
    });
  return { files, add, runs, takenBack, announced, scope, shown: () => shown };
}

describe('files on their way to the server', () => {
  it('go one after the other, are seen to get there, and are announced then', async () => {
    const { add, runs, announced, shown } = setUp();
    add('one');
    add('two');
    expect(runs.map(({ name }) => name)).toEqual(['one']);
    runs[0]!.progress(3);
    expect(shown()).toMatchObject([
      { name: 'one', size: 5, bytes: 3, problem: null },
      { name: 'two', bytes: 0 },
    ]);
    expect(announced).toEqual([]);
    runs[0]!.end({ end: 'left', waits: WAITS });
    await soon();
    expect(announced).toEqual([['one', WAITS]]);
    expect(shown()).toMatchObject([{ name: 'two' }]);
    expect(runs.map(({ name }) => name)).toEqual(['one', 'two']);
  });

  it('step aside when they fail, and go on when asked to or when the connection is back', async () => {
    const { files, add, runs, announced, shown } = setUp();
    add('one');
    add('two');
    const failure = { code: 'network' } as const;
    runs[0]!.end({ end: 'failed', failure });
    await soon();
    expect(shown()[0]!.problem).toEqual({ why: 'failed', failure });
    runs[1]!.end({ end: 'failed', failure });
    await soon();
    expect(runs).toHaveLength(2);
    files.again(shown()[1]!.id);
    expect(runs.at(-1)!.name).toBe('two');
    files.connected();
    expect(shown().map(({ problem }) => problem)).toEqual([null, null]);
    runs[2]!.end({ end: 'left', waits: WAITS });
    await soon();
    expect(runs.at(-1)!.name).toBe('one');
    expect(announced).toEqual([['two', WAITS]]);
  });

  it.each<[LeaveEnd, object]>([
    [
      { end: 'too-large', limit: 3 },
      { why: 'too-large', limit: 3 },
    ],
    [{ end: 'full' }, { why: 'full' }],
    [{ end: 'refused' }, { why: 'refused' }],
  ])('are offered by the link if they cannot wait, with the reason: %j', async (end, problem) => {
    const { files, add, runs, announced, shown } = setUp();
    add('one');
    runs[0]!.end(end);
    await soon();
    expect(announced).toEqual([['one', null]]);
    expect(shown()).toMatchObject([{ name: 'one', problem }]);
    files.again(shown()[0]!.id);
    expect(runs).toHaveLength(1);
    files.drop(shown()[0]!.id);
    expect(shown()).toEqual([]);
  });

  it('that one thinks better of are neither announced nor kept there', async () => {
    const { files, add, runs, takenBack, announced, shown } = setUp();
    add('one');
    add('two');
    files.drop(shown()[0]!.id);
    expect(takenBack).toEqual(['one']);
    runs[0]!.end({ end: 'taken-back' });
    await soon();
    expect(shown()).toMatchObject([{ name: 'two', problem: null }]);
    expect(runs.at(-1)!.name).toBe('two');
    expect(announced).toEqual([]);
  });

  it('say so when they cannot be read, or when this browser could not store the message', async () => {
    const { add, runs, shown } = setUp();
    add('one');
    add('two', 'refused');
    runs[0]!.end({ end: 'unreadable' });
    await soon();
    runs[1]!.end({ end: 'left', waits: WAITS });
    await soon();
    expect(shown().map(({ problem }) => problem)).toEqual([
      { why: 'unreadable' },
      { why: 'failed', failure: { code: 'storage' } },
    ]);
  });

  it('are taken back when the person logs out', () => {
    const { add, scope, takenBack } = setUp();
    add('one');
    scope.end();
    expect(takenBack).toEqual(['one']);
  });
});
