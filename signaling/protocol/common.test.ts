import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { displayNameSchema, statusTextSchema } from './common.ts';

describe('a display name', () => {
  it.each(['Ada', '林小雨', 'דנה', '👩‍👩‍👧', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'نام‌خانوادگی', '-_-', 'Zoë'])('may be %s', (name) => {
    expect(v.parse(displayNameSchema, ` ${name} `)).toBe(name);
  });

  it.each([
    ['nothing', ''],
    ['spaces', ' \u3000\u00a0'],
    ['a zero-width space', '\u200b'],
    ['joiners', '\u200d\u200c\ufeff'],
    ['a soft hyphen', '\u00ad'],
    ['a Hangul filler', '\u3164'],
    ['a blank Braille pattern', '\u2800'],
    ['marks without a letter', '\u0301\u0302'],
    ['tags without a flag', '\u{e0061}'],
    ['two lines', 'Ada\nBo'],
    ['a direction override', 'Ada\u202eoB'],
    ['the end of an isolate', 'Ada\u2069'],
    ['a half character', 'Ada\ud83d'],
    ['far too much', 'A'.repeat(65)],
  ])('is not %s', (_what, name) => {
    expect(v.is(displayNameSchema, name)).toBe(false);
  });
});

describe('a status text', () => {
  it('may be empty, but turns no direction', () => {
    expect(v.is(statusTextSchema, '')).toBe(true);
    expect(v.is(statusTextSchema, 'at sea\u202e')).toBe(false);
  });
});
