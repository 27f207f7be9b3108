import { describe, expect, it } from 'vitest';
import { isLinkLetter, packLinkLetter, unpackLinkLetter } from './link-letter.ts';
import type { WireMessage } from './message.ts';

const typing: WireMessage = { type: 'typing', typing: true };
const encoder = new TextEncoder();
const framed = (text: string) => Uint8Array.from([2, 4, ...encoder.encode(text)]);

describe('a letter on a link', () => {
  it('is laid out as written down', () => {
    expect(packLinkLetter(typing)).toEqual(framed('{"type":"typing","typing":true}'));
  });

  it('comes out as it went in', () => {
    expect(unpackLinkLetter(packLinkLetter(typing))).toEqual(typing);
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['another version', Uint8Array.from([3, 4, 0x7b, 0x7d])],
    ['what is sealed', Uint8Array.from([2, 1, ...new Uint8Array(64)])],
    ['no JSON', framed('{')],
    ['no message', framed('{"type":"unheard-of"}')],
    ['no UTF-8', Uint8Array.from([2, 4, 0xff, 0xfe])],
    ['what is too large', framed(`{"type":"typing","typing":true${' '.repeat(80_000)}}`)],
  ])('is not %s', (_what, bytes) => {
    expect(unpackLinkLetter(bytes)).toBeNull();
  });

  it('is told from what is sealed without opening it', () => {
    expect(isLinkLetter(packLinkLetter(typing))).toBe(true);
    expect(isLinkLetter(Uint8Array.from([2, 1, 4]))).toBe(false);
  });
});
