import { describe, expect, it } from 'vitest';
import { hueOf, initialOf } from './face.ts';

describe('a face without a picture', () => {
  it.each([
    ['anna', 'A'],
    ['  zoë', 'Z'],
    ['林小雨', '林'],
    ['🏳️‍🌈 pride', '🏳️‍🌈'],
    ['é́x', 'É́'],
    ['', ''],
  ])('%s shows %s', (name, sign) => {
    expect(initialOf(name)).toBe(sign);
  });

  it('always has the same hue', () => {
    expect(hueOf('abc')).toBe(hueOf('abc'));
    const hues = new Set(Array.from({ length: 300 }, (_, index) => hueOf(`person-${index}`)));
    expect(hues.size).toBe(12);
    expect([...hues].every((hue) => hue >= 0 && hue < 360)).toBe(true);
  });
});
