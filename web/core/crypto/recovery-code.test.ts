import { describe, expect, it } from 'vitest';
import { bytesOfCode, recoveryCode } from './recovery-code.ts';

const bytes = (fill: number) => new Uint8Array(16).fill(fill);
const code = recoveryCode(Uint8Array.from({ length: 16 }, (_none, at) => at * 16 + 1));

describe('recovery code', () => {
  it.each([0, 1, 127, 255])('is read as it was shown: %d', (fill) => {
    expect(bytesOfCode(recoveryCode(bytes(fill)))).toEqual(bytes(fill));
  });

  it('comes in groups of five', () => {
    expect(code).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{5}-){5}[0-9A-HJKMNP-TV-Z][0-9A-HJKMNP-TV-Z*~$=U]$/);
  });

  it.each([
    ['small letters', code.toLowerCase()],
    ['no dashes', code.replaceAll('-', '')],
    ['spaces', ` ${code.replaceAll('-', '  ')}\n`],
    ['long dashes', code.replaceAll('-', '–')],
    ['letters for digits', code.replaceAll('0', 'o').replace('1', 'l').replaceAll('1', 'I')],
    [
      'full-width',
      Array.from(code, (c) => (c === '-' ? c : String.fromCodePoint(c.codePointAt(0)! + 0xfee0))).join(''),
    ],
  ])('is read with %s', (_name, typed) => {
    expect(bytesOfCode(typed)).toEqual(bytesOfCode(code));
    expect(bytesOfCode(typed)).not.toBeNull();
  });

  it('is refused with any one character wrong', () => {
    for (const [at, character] of code.split('').entries()) {
      if (character === '-') continue;
      for (const other of '0123456789ABCDEFGHJKMNPQRSTVWXYZ')
        if (other !== character)
          expect(bytesOfCode(code.slice(0, at) + other + code.slice(at + 1))).toBeNull();
    }
  });

  it('is refused with two neighbours changed round', () => {
    const plain = code.replaceAll('-', '');
    for (let at = 0; at < plain.length - 1; at++) {
      const swapped = plain.slice(0, at) + plain[at + 1] + plain[at] + plain.slice(at + 2);
      if (swapped !== plain) expect(bytesOfCode(swapped)).toBeNull();
    }
  });

  it.each(['', 'hello', code.slice(0, -1), `${code}0`, 'Z'.repeat(27), '*'.repeat(27)])(
    'is refused: %j',
    (typed) => expect(bytesOfCode(typed)).toBeNull(),
  );
});
