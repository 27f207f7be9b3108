import data from 'emojibase-data/en/data.json' with { type: 'json' };
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { emojiSchema } from './message.ts';

describe('an emoji', () => {
  it('may be any that the picker has', () => {
    // Letters of flags and tones of skin are parts, and not in the picker.
    const whole = data.filter(({ group }) => group !== undefined && group !== 2);
    const all = whole.flatMap(({ emoji, skins }) => [emoji, ...(skins ?? []).map((skin) => skin.emoji)]);
    expect(all.length).toBeGreaterThan(3_000);
    expect(all.filter((emoji) => !v.is(emojiSchema, emoji))).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['a letter', 'a'],
    ['a digit', '7'],
    ['a Chinese character', '好'],
    ['two', '👍👍'],
    ['one with text', '👍!'],
    ['half of one', '\uD83D'],
    ['a part', '\u200D'],
    ['half a flag', '🇩'],
    ['a pile of accents', `e${'\u0301'.repeat(10)}`],
    ['too much', `👩${'\u200D👩'.repeat(9)}`],
  ])('is not %s', (_name, emoji) => {
    expect(v.is(emojiSchema, emoji)).toBe(false);
  });
});
