import { describe, expect, it } from 'vitest';
import { type Facts, isKept, isWanted, newSnapshotRecord, stepOf } from './snapshot-plan.ts';

const HOUR = 3_600_000;
const NOW = 1_000 * HOUR;

type Change = Partial<Omit<Facts, 'record'>> & { readonly record?: Partial<Facts['record']> };

function facts({ record, ...rest }: Change = {}): Facts {
  return {
    record: { ...newSnapshotRecord(false), ...record },
    current: { id: 's', at: NOW - 30 * HOUR },
    opens: true,
    fetched: true,
    oldest: false,
    alone: true,
    idle: true,
    now: NOW,
    ...rest,
  };
}
const fresh = { wanted: true };

describe('a new device', () => {
  const young = (change: Change = {}) =>
    stepOf(facts({ fetched: false, ...change, record: { ...fresh, ...change.record } }));

  it('takes in what there is when no other device is there', () => {
    expect(young()).toBe('take');
    expect(young({ alone: false })).toBe('nothing');
    expect(young({ record: { taking: { id: 's', chunk: 3, done: 9 } } })).toBe('take');
  });

  it('does so, too, where the elder ones were logged out', () => {
    expect(young({ fetched: true, oldest: true })).toBe('take');
  });

  it('does not need to once another one gave its history, or where it has it', () => {
    expect(young({ fetched: true, idle: false })).toBe('nothing');
    expect(young({ record: { took: 's' }, idle: false })).toBe('nothing');
    expect(young({ record: { made: 's' }, idle: false })).toBe('nothing');
    expect(isWanted(facts({ record: fresh, current: null }))).toBe(false);
    expect(isWanted(facts({ record: fresh }))).toBe(false);
    expect(isWanted(facts({ record: fresh, fetched: false }))).toBe(true);
  });

  it('puts none in the place of what it has not taken in, asked or not', () => {
    const late = { current: { id: 's', at: 0 } };
    expect(young({ ...late, alone: false })).toBe('nothing');
    expect(young({ ...late, alone: false, record: { asked: true } })).toBe('take');
    expect(young({ ...late, record: { took: 's' } })).toBe('make');
  });
});

describe('a snapshot', () => {
  it('is made when the person asks, and otherwise only where one of the account’s own is kept', () => {
    expect(stepOf(facts({ current: null, record: { asked: true } }))).toBe('make');
    expect(stepOf(facts({ current: null }))).toBe('nothing');
    expect(stepOf(facts({ opens: false }))).toBe('nothing');
    expect(isKept(facts({ opens: false }))).toBe(false);
    expect(isKept(facts())).toBe(true);
  });

  it('is renewed once a day, if something changed, and while the person is away unless it is late', () => {
    const made = (hours: number, change: Change = {}) =>
      stepOf(facts({ current: { id: 's', at: NOW - hours * HOUR }, ...change }));
    expect(made(25)).toBe('make');
    expect(made(23)).toBe('nothing');
    expect(made(25, { idle: false })).toBe('nothing');
    expect(made(37, { idle: false })).toBe('make');
    expect(made(99, { record: { changed: false } })).toBe('nothing');
    expect(made(1, { record: { asked: true } })).toBe('make');
  });

  it('is made anew when this device made it and the account’s secrets are others since', () => {
    expect(stepOf(facts({ opens: false, record: { made: 's', changed: false } }))).toBe('make');
  });
});
