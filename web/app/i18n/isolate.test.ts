import { describe, expect, it } from 'vitest';
import { isolate } from './isolate.ts';

describe('a name in a sentence', () => {
  it.each(['Ada', '林小雨', '🦊 Zoë', 'Пётр'])('%s stays as it is', (name) => {
    expect(isolate(name)).toBe(name);
  });

  it.each(['نور', 'דנה', 'Ada נ', 'x\u202ey'])('%s is held together', (name) => {
    expect(isolate(name)).toBe(`\u2068${name}\u2069`);
  });
});
