import { describe, expect, it } from 'vitest';
import { describeStep, FAULTS, isTalk, schedule } from './schedule.ts';
import type { Act, Plan, Step } from './schedule.ts';

const PLAN: Plan = {
  seed: 7,
  length: 600_000,
  shape: {
    devices: [0, 0, 1, 2],
    conversations: [
      [0, 1],
      [1, 2, 0],
    ],
  },
  faults: FAULTS,
  bursts: 2,
  faultRate: 0.5,
};

/** What gives back what the other took. */
const PAIRS: Readonly<Record<string, readonly string[]>> = {
  close: ['open'],
  crash: ['open'],
  double: ['single', 'orphan'],
  silence: ['hear'],
  kill: ['start'],
  out: ['in'],
};
const whereOf = (act: Act) =>
  'place' in act ? act.place : 'by' in act ? `person ${act.person}` : `device ${act.device}`;

/** Steps that take something away for which nothing follows that gives it back before it is taken again. */
function unpaired(steps: readonly Step[]): readonly Step[] {
  const faults = steps.filter(({ act }) => !isTalk(act));
  return faults.filter(({ act }, index) => {
    const ends = PAIRS[act.do];
    if (!ends) return false;
    const next = faults.slice(index + 1).find((step) => whereOf(step.act) === whereOf(act))?.act;
    return !ends.includes(next?.do ?? '');
  });
}

describe('a schedule', () => {
  it('is the same for the same seed, and another one for another', () => {
    expect(schedule(PLAN)).toEqual(schedule(PLAN));
    expect(schedule({ ...PLAN, seed: 8 })).not.toEqual(schedule(PLAN));
  });

  it('is in order and ends in time', () => {
    const times = schedule(PLAN).map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBeLessThanOrEqual(PLAN.length);
  });

  it('has every fault and every kind of talk, and speakers who are in the conversation', () => {
    const acts = schedule(PLAN).map(({ act }) => act);
    const kinds = ['say', 'edit', 'remove', 'react', 'read', 'reload', 'crash', 'close', 'double', 'cut'];
    for (const kind of [...kinds, 'orphan', 'silence', 'clock', 'kill', 'out', 'evict'])
      expect(acts.some((act) => act.do === kind)).toBe(true);
    for (const act of acts) {
      if (!isTalk(act)) continue;
      const person = PLAN.shape.devices[act.device];
      expect(PLAN.shape.conversations[act.conversation]).toContain(person);
    }
  });

  it('changes messages in a quarter or more of all that is done', () => {
    const acts = Array.from({ length: 20 }, (_, seed) => schedule({ ...PLAN, seed })).flat();
    const said = acts.reduce((sum, { act }) => sum + (act.do === 'say' ? act.count : 0), 0);
    const changed = acts.reduce((sum, { act }) => sum + ('picks' in act ? act.picks.length : 0), 0);
    expect(changed / (said + changed)).toBeGreaterThan(0.25);
  });

  it('gives back what it takes away before it takes it again', () => {
    for (let seed = 0; seed < 20; seed += 1) expect(unpaired(schedule({ ...PLAN, seed }))).toEqual([]);
  });

  it('never kills the server while its database is away: such a start is refused', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const down = new Set<string>();
      for (const { act } of schedule({ ...PLAN, seed })) {
        if (!('place' in act)) continue;
        if (act.do === 'kill') down.add(act.place);
        else down.delete(act.place);
        expect(down.has('server') && down.has('database')).toBe(false);
      }
    }
  });

  it('has no faults when none are asked for', () => {
    expect(schedule({ ...PLAN, faults: [] }).every(({ act }) => isTalk(act))).toBe(true);
  });

  it('says each step in one line', () => {
    expect(describeStep({ at: 1_234, act: { do: 'kill', place: 'server' } })).toBe(
      '1.23 s: kill place server',
    );
  });
});
