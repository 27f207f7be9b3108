import { describe, expect, it } from 'vitest';
import type { Message } from '../../core/model.ts';
import { type Row, stepsBetween, toRows } from './rows.ts';

const NOON = new Date(2026, 2, 14, 12).getTime();
const MINUTE = 60_000;

function message(id: string, minutes: number, author: Message['author'] = 'me'): Message {
  const body = { kind: 'text', text: id } as const;
  return { id, conversationId: 'f', author, at: NOON + minutes * MINUTE, body, state: 'read' };
}

const flags = (rows: readonly Row[]) =>
  rows.map(({ first, last, startsDay, startsUnread }) =>
    [first && 'first', last && 'last', startsDay && 'day', startsUnread && 'unread']
      .filter(Boolean)
      .join(' '),
  );

describe('groups', () => {
  it('holds together what one person says with no gap over five minutes', () => {
    expect(flags(toRows([message('a', 0), message('b', 5), message('c', 10)], null))).toEqual([
      'first day',
      '',
      'last',
    ]);
  });

  it('ends where something became of the group, even by the same person', () => {
    const joined: Message = {
      ...message('b', 1),
      body: { kind: 'group', event: { kind: 'joined' } },
    };
    expect(flags(toRows([message('a', 0), joined, message('c', 2)], null))).toEqual([
      'first last day',
      'first last',
      'first last',
    ]);
  });

  it('ends at a gap, at the other person, at midnight and where the unread begin', () => {
    const late = 12 * 60;
    const rows = toRows(
      [
        message('a', 0),
        message('b', 5.1),
        message('c', 6, 'friend'),
        message('d', 7, 'friend'),
        message('e', late - 1, 'friend'),
        message('f', late, 'friend'),
      ],
      'd',
    );
    expect(flags(rows)).toEqual([
      'first last day',
      'first last',
      'first last',
      'first last unread',
      'first last',
      'first last day',
    ]);
  });
});

describe('rows that are known', () => {
  /** Xorshift; the same numbers every time. */
  function randomOf(seed: number): (below: number) => number {
    let state = seed;
    return (below) => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) % below;
    };
  }

  it('are the same objects where nothing changes, and make no difference otherwise', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = randomOf(seed * 7919);
      const author = () => (random(2) === 0 ? 'me' : 'friend');
      const all = Array.from({ length: 24 }, (_, at) =>
        message(`m${String(at).padStart(2, '0')}`, at * 3 + random(4), author()),
      );
      const unread = () => (random(3) === 0 ? (all[random(24)]?.id ?? null) : null);
      const known = toRows(all.slice(random(8), 16 + random(8)), unread());
      const edited = all.map((each) => (random(6) === 0 ? { ...each, revision: 1 } : each));
      const next = edited.filter(() => random(9) > 0).slice(random(8));
      const firstUnread = unread();
      expect(toRows(next, firstUnread, known)).toEqual(toRows(next, firstUnread));
    }
    const messages = Array.from({ length: 9 }, (_, at) => message(`m${at}`, at));
    const known = toRows(messages, null);
    const next = toRows([...messages, message('m9', 9)], null, known);
    expect(next.map((row, at) => row === known[at])).toEqual([...Array(8).fill(true), false, false]);
  });
});

describe('the steps from what is shown to what should be', () => {
  const all = Array.from({ length: 30 }, (_, index) => message(`m${String(index).padStart(2, '0')}`, index));
  const rows = (from: number, to: number) => toRows(all.slice(from, to), null);
  const ids = (list: readonly Row[]) => list.map((row) => row.message.id);
  const steps = (shown: readonly Row[], next: readonly Row[]) =>
    stepsBetween(shown, next).map((step) => ({ ...step, rows: ids(step.rows) }));

  it('is one for news at the end', () => {
    expect(steps(rows(10, 20), rows(10, 22))).toEqual([
      { rows: ids(rows(10, 22)), shift: false, fresh: false },
    ]);
  });

  it('is one, held from the end, for an earlier part', () => {
    expect(steps(rows(10, 20), rows(5, 20))).toEqual([{ rows: ids(rows(5, 20)), shift: true, fresh: false }]);
  });

  it('is two when the window slides to the past: first the start, then the end', () => {
    expect(steps(rows(10, 20), rows(5, 15))).toEqual([
      { rows: ids(rows(5, 20)), shift: true, fresh: false },
      { rows: ids(rows(5, 15)), shift: false, fresh: false },
    ]);
  });

  it('is two when it slides to the future', () => {
    expect(steps(rows(10, 20), rows(15, 25))).toEqual([
      { rows: ids(rows(15, 20)), shift: true, fresh: false },
      { rows: ids(rows(15, 25)), shift: false, fresh: false },
    ]);
  });

  it('starts over when nothing is in common, and from nothing', () => {
    expect(steps(rows(20, 30), rows(0, 10))).toEqual([{ rows: ids(rows(0, 10)), shift: false, fresh: true }]);
    expect(steps([], rows(0, 2))).toEqual([{ rows: ids(rows(0, 2)), shift: false, fresh: true }]);
  });

  it('shows the newest state of a message in every step', () => {
    const read = toRows(
      all.slice(5, 15).map((one) => ({ ...one, state: 'delivered' as const })),
      null,
    );
    for (const step of stepsBetween(rows(10, 20), read)) {
      const shared = step.rows.filter((row) => row.message.id < 'm15');
      expect(shared.every((row) => row.message.state === 'delivered')).toBe(true);
    }
  });

  it('leads to the wanted rows whatever the two windows are', () => {
    for (let a = 0; a < 20; a += 3) {
      for (let b = 0; b < 20; b += 3) {
        const next = rows(b, b + 8);
        let shown: readonly Row[] = rows(a, a + 7);
        for (let turn = 0; turn < 3 && shown !== next; turn += 1)
          shown = stepsBetween(shown, next)[0]?.rows ?? [];
        expect(shown).toBe(next);
      }
    }
  });
});
