import { describe, expect, it } from 'vitest';
import { indexOf, kindOf, packEvent, packMessage, unpackEvent, unpackMessage } from './sealed.ts';

const base64 = (bytes: Uint8Array | readonly number[]) =>
  Buffer.from(bytes).toString('base64').replaceAll('=', '');
const key = base64(new Uint8Array(32).fill(9));
const megolm = (index: readonly number[]) => base64([3, 8, ...index, 0x12, 1, 1, 5, 6, 7]);

describe('sealed bytes', () => {
  it('carry a message', () => {
    const bytes = packMessage(key, megolm([5]))!;
    expect(kindOf(bytes)).toBe('message');
    expect(bytes).toHaveLength(2 + 32 + 9);
    expect(unpackMessage(bytes)).toEqual({
      kind: 'message',
      sessionId: key,
      index: 5,
      ciphertext: megolm([5]),
    });
  });

  it.each([0, 1])('carry an event of type %d', (type) => {
    const bytes = packEvent(type, key, base64([1, 2, 3]))!;
    expect(kindOf(bytes)).toBe('event');
    expect(unpackEvent(bytes)).toEqual({
      kind: 'event',
      olmType: type,
      senderKey: key,
      ciphertext: base64([1, 2, 3]),
    });
  });

  it.each([
    [[0], 0],
    [[0x7f], 127],
    [[0x80, 0x01], 128],
    [[0xff, 0xff, 0xff, 0xff, 0x0f], 0xffffffff],
  ])('tell the index %j', (varint, index) => {
    expect(indexOf(megolm(varint))).toBe(index);
    expect(unpackMessage(packMessage(key, megolm(varint))!)).toMatchObject({ index });
  });

  const message = [...packMessage(key, megolm([1]))!];
  const event = [...packEvent(0, key, 'AAAA')!];
  it.each([
    ['nothing', [], 'version'],
    ['plain JSON of version 1', [1, 123], 'version'],
    ['a later version', [3, ...message.slice(1)], 'version'],
    ['an unknown kind', [2, 9, ...message.slice(2)], 'malformed'],
    ['an event', event, 'malformed'],
    ['a head alone', message.slice(0, 34), 'malformed'],
    ['half a head', message.slice(0, 10), 'malformed'],
    ['no Megolm', [...message.slice(0, 34), 9, 9, 9], 'malformed'],
    ['an index that never ends', [...message.slice(0, 36), 255, 255, 255, 255, 255, 255], 'malformed'],
    ['an index too large', [...message.slice(0, 36), 255, 255, 255, 255, 127], 'malformed'],
    ['too much', [...message, ...new Uint8Array(80_000)], 'too-large'],
  ])('that are %s are no message', (_name, bytes, problem) => {
    expect(unpackMessage(Uint8Array.from(bytes))).toBe(problem);
  });

  it.each([
    ['a message', message, 'malformed'],
    ['of an Olm type that is none', [2, 2, 2, ...event.slice(3)], 'malformed'],
    ['a head alone', event.slice(0, 35), 'malformed'],
    ['of another version', [9, ...event.slice(1)], 'version'],
    ['too much', [...event, ...new Uint8Array(80_000)], 'too-large'],
  ])('that are %s are no event', (_name, bytes, problem) => {
    expect(unpackEvent(Uint8Array.from(bytes))).toBe(problem);
  });

  it('are not made larger than the relay takes', () => {
    expect(packMessage(key, base64([3, 8, 0, ...new Uint8Array(80_000)]))).toBeNull();
    expect(packEvent(0, key, base64(new Uint8Array(80_000)))).toBeNull();
  });
});
