import { describe, expect, it } from 'vitest';
import { unwrapCopy, wrapCopy } from './copy.ts';

const friend = 'AbC-_0123456789abcdefA';

it('bytes for a group say which', () => {
  const wrapped = wrapCopy(`g-${friend}`, Uint8Array.of(2, 1, 9));
  expect(unwrapCopy(wrapped)).toEqual({
    conversationId: `g-${friend}`,
    inGroup: true,
    bytes: Uint8Array.of(2, 1, 9),
  });
  expect(wrapped[1]).not.toBe(wrapCopy(friend, Uint8Array.of(2, 1, 9))[1]);
});

describe('a copy for one’s own other devices', () => {
  it('says whom the message was for, and holds it unchanged', () => {
    const wrapped = wrapCopy(friend, Uint8Array.of(2, 1, 9, 8, 7));
    expect(unwrapCopy(wrapped)).toEqual({
      conversationId: friend,
      inGroup: false,
      bytes: Uint8Array.of(2, 1, 9, 8, 7),
    });
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
    expect(() => wrapCopy('short', new Uint8Array(1))).toThrow('not the id of a person or group');
  });
});
