/** Group commit: what is joined, what is refused, and whom a failure concerns. */
import { describe, expect, it } from 'vitest';
import { GroupCommit } from './group-commit.ts';

const LIMITS = { commit: { items: 3, bytes: 100 }, queue: { items: 6, bytes: 200 } };
const one = { items: 1, bytes: 1 };

/** Commits that end when the test says so. */
function held() {
  const commits: { jobs: readonly string[]; end: (error?: Error) => void }[] = [];
  const group = new GroupCommit<string, string>(
    (jobs) =>
      new Promise((resolve, reject) => {
        const answers = jobs.map((job) => `${job}!`);
        commits.push({ jobs, end: (error) => (error === undefined ? resolve(answers) : reject(error)) });
      }),
    LIMITS,
  );
  const add = (job: string, size = one) => group.add(job, size) ?? Promise.reject(new Error('refused'));
  const begun = async (count: number) => {
    while (commits.length < count) await new Promise((resolve) => setImmediate(resolve));
    return commits[count - 1] as (typeof commits)[number];
  };
  return { group, add, begun };
}

describe('a group commit', () => {
  it('joins what comes in one turn, and what comes while another is under way, in order', async () => {
    const { add, begun } = held();
    const answers = ['a', 'b'].map((job) => add(job));
    const first = await begun(1);
    expect(first.jobs).toEqual(['a', 'b']);
    answers.push(...['c', 'd', 'e', 'f'].map((job) => add(job)));
    first.end();
    const second = await begun(2);
    expect(second.jobs).toEqual(['c', 'd', 'e']);
    second.end();
    (await begun(3)).end();
    expect(await Promise.all(answers)).toEqual(['a!', 'b!', 'c!', 'd!', 'e!', 'f!']);
  });

  it('refuses what it has no room for, and takes it once there is room', async () => {
    const { group, add, begun } = held();
    const big = { items: 5, bytes: 1 };
    const first = add('a', big);
    expect(group.add('b', big)).toBeNull();
    expect(group.add('c', { items: 1, bytes: 200 })).toBeNull();
    expect(group.size).toBe(5);
    const commit = await begun(1);
    const second = add('b', big);
    commit.end();
    (await begun(2)).end();
    expect(await Promise.all([first, second])).toEqual(['a!', 'b!']);
    expect(group.size).toBe(0);
  });

  it('gives a job that is larger than a commit one of its own', async () => {
    const { add, begun } = held();
    void add('big', { items: 5, bytes: 1 });
    void add('small');
    const first = await begun(1);
    expect(first.jobs).toEqual(['big']);
    first.end();
    (await begun(2)).end();
  });

  it('fails all that were in a commit, and goes on with the next', async () => {
    const { add, begun } = held();
    const answers = ['a', 'b'].map((job) => add(job));
    const first = await begun(1);
    const later = add('c');
    first.end(new Error('on purpose'));
    const ended = await Promise.allSettled(answers);
    expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    (await begun(2)).end();
    expect(await later).toBe('c!');
  });
});
