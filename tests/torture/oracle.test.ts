import { describe, expect, it } from 'vitest';
import { judge, unticked } from './oracle.ts';
import type { Absence, Deed, Dump, Entry, Held } from './oracle.ts';

const entry = (deed: Deed, more: Partial<Entry> = {}): Entry => ({
  deed,
  conversation: 0,
  device: 0,
  person: 0,
  outcome: 'done',
  began: 0,
  ended: 0,
  ...more,
});
const said = (id: string, text: string, more: Partial<Entry> = {}) =>
  entry({ kind: 'say', text }, { id, ...more });
const edited = (target: string, text: string, more: Partial<Entry> = {}) =>
  entry({ kind: 'edit', target, text }, more);
const removed = (target: string, more: Partial<Entry> = {}) => entry({ kind: 'remove', target }, more);
const reacted = (target: string, on: boolean, more: Partial<Entry> = {}) =>
  entry({ kind: 'react', target, emoji: '🎉', on }, more);
const held = (id: string, text: string | null, reactions: string[] = []): Held => ({
  id,
  author: 0,
  text,
  reactions,
  state: 'delivered',
});
/** Two devices that have the same, but for `other`. */
const dumps = (stored: readonly Held[], other: readonly Held[] = stored, more: Partial<Dump> = {}): Dump[] =>
  [stored, other].map((list, device) => ({
    device,
    person: device,
    conversation: 0,
    stored: list,
    shown: list,
    outbox: 0,
    ...more,
  }));

it("counts messages without their second tick, on their author's devices", () => {
  expect(unticked(dumps([held('1', 'a'), { ...held('2', 'b'), state: 'sent' }]))).toBe(1);
});

describe('the judge', () => {
  it('is content with what was said, edited, deleted and reacted to, the same on both', () => {
    const journal = [
      said('1', 'a'),
      said('2', 'b'),
      edited('2', 'c'),
      said('3', 'd'),
      removed('3'),
      reacted('1', true),
    ];
    expect(judge(journal, dumps([held('1', 'a', ['🎉 0']), held('2', 'c'), held('3', null)]))).toEqual([]);
  });

  it.each<[string, readonly Entry[], readonly Dump[]]>([
    ['a lost message', [said('1', 'a'), said('2', 'b')], dumps([held('1', 'a')])],
    [
      'a message that one device lacks',
      [said('1', 'a', { outcome: 'unknown' })],
      dumps([held('1', 'a')], []),
    ],
    ['a message twice', [said('1', 'a')], dumps([held('1', 'a'), held('2', 'a')])],
    ['another text on one', [said('1', 'a'), edited('1', 'b')], dumps([held('1', 'b')], [held('1', 'a')])],
    ['an edit that is lost on both', [said('1', 'a'), edited('1', 'b')], dumps([held('1', 'a')])],
    [
      'an edit overtaken by an earlier one of the same device',
      [said('1', 'a'), edited('1', 'b'), edited('1', 'c')],
      dumps([held('1', 'b')]),
    ],
    ['a text that was deleted', [said('1', 'a'), removed('1')], dumps([held('1', 'a')])],
    ['a deletion that nobody asked for', [said('1', 'a')], dumps([held('1', null)])],
    ['a lost reaction', [said('1', 'a'), reacted('1', true)], dumps([held('1', 'a')])],
    [
      'a reaction that was taken away',
      [said('1', 'a'), reacted('1', true), reacted('1', false)],
      dumps([held('1', 'a', ['🎉 0'])]),
    ],
    ['a reaction of nobody', [said('1', 'a')], dumps([held('1', 'a', ['🎉 1'])])],
    ['a full outbox', [said('1', 'a')], dumps([held('1', 'a')], undefined, { outbox: 1 })],
    [
      'a timeline in another order than the database',
      [said('1', 'a'), said('2', 'b')],
      dumps([held('1', 'a'), held('2', 'b')], undefined, { shown: [held('2', 'b'), held('1', 'a')] }),
    ],
  ])('sees %s', (_name, journal, seen) => {
    expect(judge(journal, seen)).not.toEqual([]);
  });

  it.each<[string, readonly Entry[], readonly Dump[]]>([
    ['came of what was being said as a tab died', [said('1', 'a', { outcome: 'unknown' })], dumps([])],
    [
      'came of an edit as a tab died',
      [said('1', 'a'), edited('1', 'b'), edited('1', 'c', { outcome: 'unknown' })],
      dumps([held('1', 'b')]),
    ],
    [
      'holds of two devices that edit at once',
      [said('1', 'a'), edited('1', 'b'), edited('1', 'c', { device: 2 })],
      dumps([held('1', 'b')]),
    ],
    [
      'is left of a message that was taken back before it arrived',
      [said('1', 'a'), removed('1')],
      dumps([held('1', null)], []),
    ],
    ['was refused', [said('1', 'a'), edited('1', 'b', { outcome: 'nothing' })], dumps([held('1', 'a')])],
  ])('takes whatever %s', (_name, journal, seen) => {
    expect(judge(journal, seen)).toEqual([]);
  });
});

describe('whoever was away', () => {
  /** Person 1, from about 10 until 40. */
  const away: Absence = {
    conversation: 0,
    person: 1,
    by: 0,
    lastSaid: new Map([[0, 10]]),
    out: 20,
    back: 30,
    till: 40,
  };
  const at = (ms: number) => ({ began: ms, ended: ms });
  const judged = (journal: readonly Entry[], mine: readonly Held[], theirs: readonly Held[]) =>
    judge(journal, dumps(mine, theirs), [away]);
  const [a, b, c] = [held('1', 'a'), held('2', 'b'), held('3', 'c')];
  const journal = [said('1', 'a', at(5)), said('2', 'b', at(25)), said('3', 'c', at(45))];

  it('has what was said before and after, and may lack what was said between', () => {
    expect(judged(journal, [a, b, c], [a, c])).toEqual([]);
    expect(judged([...journal, edited('1', 'z', at(25))], [held('1', 'z'), b, c], [a, c])).toEqual([]);
    expect(judged([...journal, removed('1', at(25))], [held('1', null), b, c], [a, c])).toEqual([]);
  });

  it('may have what was said when only some knew that they are gone', () => {
    expect(judged([said('1', 'a', at(15))], [a], [a])).toEqual([]);
    expect(judged([said('1', 'a', at(35))], [a], [])).toEqual([]);
    // Of a device that is not known to have sent what it said.
    expect(judged([said('1', 'a', { ...at(5), device: 2 })], [a], [])).toEqual([]);
  });

  it.each<[string, readonly Held[], readonly Held[]]>([
    ['what was said before', [a, b, c], [c]],
    ['what was said after', [a, b, c], [a]],
    ['what the others lack', [a, c], [a, b, c]],
    ['what was not for them', [a, b, c], [a, b, c]],
  ])('is seen to lack or have %s', (_name, mine, theirs) => {
    expect(judged(journal, mine, theirs)).not.toEqual([]);
  });
});

describe('a device that lost what it stored', () => {
  const at = (ms: number) => ({ began: ms, ended: ms });
  const [a, b, c] = [held('1', 'a'), held('2', 'b'), held('3', 'c')];
  const journal = [said('1', 'a', at(5)), said('2', 'b', at(25)), said('3', 'c', at(45))];
  const judged = (device: number, lists: readonly [readonly Held[], readonly Held[]]) =>
    judge(journal, dumps(...lists), [], [{ device, from: 10, till: 40 }]);

  it.each([0, 1])('has all but what was said before everybody knew the new one: device %i', (device) => {
    const lists = (mine: readonly Held[]): readonly [readonly Held[], readonly Held[]] =>
      device === 0 ? [mine, [a, b, c]] : [[a, b, c], mine];
    expect(judged(device, lists([a, b, c]))).toEqual([]);
    expect(judged(device, lists([a, c]))).toEqual([]);
    expect(judged(device, lists([c]))).not.toEqual([]);
    expect(judged(device, lists([a, b]))).not.toEqual([]);
    expect(judged(1 - device, lists([a, c]))).not.toEqual([]);
  });
});
