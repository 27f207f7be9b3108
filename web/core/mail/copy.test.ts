import { describe, expect, it } from 'vitest';
import { unwrapCopy, wrapCopy } from './copy.ts';

const friend = 'AbC-_0123456789abcdefA';

describe('a copy for one’s own other devices', () => {
  it('says whom the message was for, and holds it unchanged', () => {
    const wrapped = wrapCopy(friend, Uint8Array.of(2, 1, 9, 8, 7));
    expect(unwrapCopy(wrapped)).toEqual({ friendId: friend, bytes: Uint8Array.of(2, 1, 9, 8, 7) });
  });

  it.each([
    ['a message itself', Uint8Array.of(2, 1, ...new Uint8Array(40))],
    ['another version', Uint8Array.of(3, 3, ...new Uint8Array(40))],
    ['one that ends after its head', Uint8Array.of(2, 3, ...new Uint8Array(16))],
    ['nothing', new Uint8Array()],
  ])('is not %s', (_name, bytes) => {
    expect(unwrapCopy(bytes)).toBeNull();
  });

  it('is made for people only', () => {
    expect(() => wrapCopy('short', new Uint8Array(1))).toThrow('not the id of a person');
  });
});
