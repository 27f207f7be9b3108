import { describe, expect, it } from 'vitest';
import { memoryNotes } from './notes.ts';
import { add, createRepeats, hadIn } from './repeats.ts';

const after = (...indices: number[]) => indices.reduce(add, { next: 0, gaps: [] });

describe('repeats', () => {
  it('counts what came in order without remembering each', () => {
    expect(after(0, 1, 2, 3)).toEqual({ next: 4, gaps: [] });
  });

  it.each([
    [[0, 1, 2], 1, true],
    [[0, 1, 2], 3, false],
    [[5], 4, false],
    [[5], 5, true],
    [[5, 2], 2, true],
    [[2, 5, 2, 5], 3, false],
    [[], 0, false],
  ])('after %j, %i was had: %s', (had, index, expected) => {
    expect(hadIn(after(...had), index)).toBe(expected);
  });

  it('does not grow with an index that somebody made up', () => {
    expect(after(4_000_000_000).gaps).toHaveLength(2_000);
  });

  it('is read once by all that ask at once, and not again', async () => {
    const notes = memoryNotes();
    await createRepeats(notes).settle([{ sessionId: 'a', index: 1 }]);
    let asked = 0;
    const counting = { ...notes, get: (name: string) => ((asked += 1), notes.get(name)) };
    const again = createRepeats(counting);
    const had = (index: number) => again.had({ sessionId: 'a', index });
    expect(await Promise.all([0, 1, 2].map(had))).toEqual([false, true, false]);
    await again.settle([{ sessionId: 'a', index: 2 }]);
    expect(await had(2)).toBe(true);
    expect(asked).toBe(1);
  });

  it('is kept, by session', async () => {
    const notes = memoryNotes();
    await createRepeats(notes).settle([
      { sessionId: 'a', index: 0 },
      { sessionId: 'a', index: 1 },
      { sessionId: 'b', index: 7 },
    ]);
    const again = createRepeats(notes);
    expect(await again.had({ sessionId: 'a', index: 1 })).toBe(true);
    expect(await again.had({ sessionId: 'b', index: 1 })).toBe(false);
    expect(await again.had({ sessionId: 'b', index: 7 })).toBe(true);
  });
});
