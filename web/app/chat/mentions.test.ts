import { describe, expect, it } from 'vitest';
import { cutMentions, matching, mentionsIn, wantedAt } from './mentions.ts';

const PEOPLE = [
  { id: 'ann', name: 'Ann' },
  { id: 'anna', name: 'Anna Berg' },
  { id: 'lin', name: '林小雨' },
];

/** The query at `|`, null if no chooser is open there. */
const queryAt = (text: string): string | null =>
  wantedAt(text.replace('|', ''), text.indexOf('|'))?.query ?? null;

describe('what is typed after an @', () => {
  it.each([
    ['@|', ''],
    ['Hi @An|', 'An'],
    ['Hi @Anna B| and so on', 'Anna B'],
    ['你好@林|', '林'],
    ['(@An|)', 'An'],
    ['first\n@An|', 'An'],
  ])('%s is the beginning of a name', (text, query) => {
    expect(queryAt(text)).toBe(query);
  });

  it.each(['mail me at ann@exa|', '@ |', '@An\nna|', 'no sign|', `@${'x'.repeat(60)}|`, 'A|nn @x'])(
    '%s is none',
    (text) => {
      expect(queryAt(text)).toBeNull();
    },
  );

  it('finds whoever has a word that begins so', () => {
    const found = (query: string) => matching(PEOPLE, query, 6).map(({ id }) => id);
    expect(found('')).toEqual(['ann', 'anna', 'lin']);
    expect(found('ber')).toEqual(['anna']);
    expect(found('ANN')).toEqual(['ann', 'anna']);
    expect(found('雨')).toEqual(['lin']);
    expect(found('rg')).toEqual([]);
    expect(matching(PEOPLE, '', 2)).toHaveLength(2);
  });
});

describe('mentions', () => {
  it('are names behind an @, the longest that fits', () => {
    const ids = (text: string) => mentionsIn(text, PEOPLE).map(({ memberId }) => memberId);
    expect(ids('@Anna Berg, and @林小雨')).toEqual(['anna', 'lin']);
    expect(ids('@Ann and Anna Berg')).toEqual(['ann']);
    expect(ids('Ann, mail ann@example.org')).toEqual([]);
    expect(ids('@Ann @Ann')).toEqual(['ann']);
  });

  it('cut a text into what is said and who is named, and lose nothing of it', () => {
    const text = 'Hi @Anna Berg! @nobody @Ann';
    const mentions = mentionsIn(text, PEOPLE);
    const parts = cutMentions(text, mentions);
    expect(parts.map((part) => part.text).join('')).toBe(text);
    expect(parts.filter(({ memberId }) => memberId !== null)).toEqual([
      { text: '@Anna Berg', memberId: 'anna' },
      { text: '@Ann', memberId: 'ann' },
    ]);
  });

  it('of an empty name mark nothing', () => {
    expect(cutMentions('@ you', [{ memberId: 'x', name: '' }])).toEqual([{ text: '@ you', memberId: null }]);
  });
});
