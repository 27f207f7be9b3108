import { describe, expect, it } from 'vitest';
import { judge, unticked } from './oracle.ts';
import type { Deed, Dump, Entry, Held } from './oracle.ts';

const entry = (deed: Deed, more: Partial<Entry> = {}): Entry => ({
  deed,
  conversation: 0,
  device: 0,
  person: 0,
  outcome: 'done',
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
