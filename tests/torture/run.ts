/** One run: plays the schedule, heals everything, waits until all agree, and says what does not. */
import { judge, unticked } from './oracle.ts';
import type { Dump } from './oracle.ts';
import { describeStep, isTalk, schedule } from './schedule.ts';
import type { Plan, Step } from './schedule.ts';
import { pause } from './until.ts';
import { createWorld } from './world.ts';
import type { World, WorldNeeds } from './world.ts';

export interface Run {
  /** What is not as it must be; empty after a good run. */
  readonly problems: readonly string[];
  readonly messages: number;
  readonly changes: number;
  readonly faults: number;
  /** See oracle.ts. */
  readonly unticked: number;
  /** From the last step until all agreed, ms. */
  readonly settled: number;
}

interface Needs extends Omit<WorldNeeds, 'shape'> {
  readonly plan: Plan;
  /** ms that everybody may take to agree after all is healed. */
  readonly patience: number;
}

export async function run({ plan, patience, log: print, ...needs }: Needs): Promise<Run> {
  let start: number | null = null;
  const log = (line: string) =>
    print(start === null ? line : `[${((Date.now() - start) / 1_000).toFixed(1)} s] ${line}`);
  log(`seed ${plan.seed}, ${plan.length / 1_000} s, faults: ${plan.faults.join(', ') || 'none'}`);
  const world = await createWorld({ ...needs, shape: plan.shape, log });
  start = Date.now();
  const played: Step[] = [];
  try {
    await play(world, schedule(plan), played);
    await world.heal();
    const healed = Date.now();
    const { problems, dumps } = await agree(world, patience);
    if (problems.length > 0) await report(world, played, problems, plan, log);
    return {
      problems,
      messages: world.journal.filter(({ deed }) => deed.kind === 'say').length,
      changes: world.journal.filter(({ deed }) => deed.kind !== 'say').length,
      faults: played.filter(({ act }) => !isTalk(act)).length,
      unticked: unticked(dumps),
      settled: Date.now() - healed,
    };
  } catch (error) {
    await report(world, played, [String(error)], plan, log);
    throw error;
  } finally {
    await world.close();
  }
}

/** Each step at its time, whatever the ones before are still about; ends when all of them are through, or one failed. */
async function play(world: World, steps: readonly Step[], played: Step[]): Promise<void> {
  const start = Date.now();
  const under: Promise<void>[] = [];
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => (fail = reject));
  for (const [index, step] of steps.entries()) {
    await Promise.race([pause(Math.max(0, start + step.at - Date.now())), failed]);
    played.push(step);
    under.push(world.perform(step.act, `s${index}`).catch(fail));
  }
  await Promise.race([Promise.all(under), failed]);
}

/** Until nothing waits and the judge is content; else what is still wrong when patience ends. */
async function agree(
  world: World,
  patience: number,
): Promise<{ readonly problems: readonly string[]; readonly dumps: readonly Dump[] }> {
  const limit = Date.now() + patience;
  for (;;) {
    const waiting = await world.waiting();
    const late = Date.now() > limit;
    if (waiting === 0 || late) {
      const dumps = await world.dumps();
      const problems = judge(world.journal, dumps, world.absences, world.renewals);
      if (problems.length === 0 || late) return { problems, dumps };
    }
    await pause(1_000);
  }
}

async function report(
  world: World,
  played: readonly Step[],
  problems: readonly string[],
  plan: Plan,
  log: (line: string) => void,
): Promise<void> {
  for (const step of played) log(describeStep(step));
  for (const [problem, times] of counted(world.problems()))
    log(`a page said${times > 1 ? `, ${times} times` : ''}: ${problem}`);
  log(`the server said last: ${world.serverOutput().slice(-3_000)}`);
  for (const standing of await world.standings()) log(standing);
  for (const problem of problems) log(problem);
  log(`seed ${plan.seed}`);
}

function counted(lines: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}
