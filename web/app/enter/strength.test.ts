import { describe, expect, it } from 'vitest';
import { isStrong } from './password-check.ts';
import { measure } from './strength.ts';
import { enterEn } from './words-en.ts';

describe('a new password', () => {
  it.each(['password1', 'qwertyuiop', 'aaaaaaaaaaaa', 'anna2026', 'short', '12345678'])(
    '%s is refused',
    async (password) => {
      expect(await isStrong(password, ['anna'])).toBe(false);
    },
  );

  it.each(['mellow-otter-paints-74-doors', 'Krähe über Nebelmeer', '春眠不觉晓处处闻啼鸟'])(
    '%s is taken',
    async (password) => {
      expect(await isStrong(password, ['anna'])).toBe(true);
    },
  );

  it('gets advice that the page has words for', () => {
    const seen = [
      'password',
      'qwerty',
      'abcabcabc',
      'aaaa',
      'abcdef',
      '1994',
      '12.03.1994',
      'anna',
      'drowssap',
      'p@ssw0rd',
      'smith',
      'PASSWORD',
      'x',
    ]
      .map((password) => measure(password, ['anna']))
      .flatMap(({ warning, suggestions }) => [
        ...(warning === null ? [] : [enterEn.strength.warnings[warning]]),
        ...suggestions.map((key) => enterEn.strength.suggestions[key]),
      ]);
    expect(seen.length).toBeGreaterThan(10);
    expect(seen.every((sentence) => typeof sentence === 'string')).toBe(true);
  });

  it('takes no time over a very long one', () => {
    const start = performance.now();
    measure('ab'.repeat(50_000), []);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
