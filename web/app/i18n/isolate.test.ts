import { describe, expect, it } from 'vitest';
import { isolate } from './isolate.ts';

describe('a name in a sentence', () => {
  it.each(['Ada', '林小雨', '🦊 Zoë', 'Пётр'])('%s stays as it is', (name) => {
    expect(isolate(name)).toBe(name);
  });

  it.each(['نور', 'דנה', 'Ada נ'])('%s is held together', (name) => {
    expect(isolate(name)).toBe(`\u2068${name}\u2069`);
  });

  it.each(['x\u202ey', '\u2069x\u202ey', '\u2067xy\u2069\u2069'])(
    '%j cannot turn what is around it',
    (name) => {
      expect(isolate(name)).toBe('\u2068xy\u2069');
    },
  );
});
