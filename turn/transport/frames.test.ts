/** A stream cut anywhere gives the same frames; anything that is not TURN ends it. */
import { expect, test } from 'vitest';
import { MAGIC_COOKIE } from '../stun/constants.ts';
import { FrameReader } from './frames.ts';

function stun(length: number): Buffer {
  const bytes = Buffer.alloc(20 + length);
  bytes.writeUInt16BE(3, 0);
  bytes.writeUInt16BE(length, 2);
  bytes.writeUInt32BE(MAGIC_COOKIE, 4);
  return bytes;
}
const channel = Buffer.from('40000005aabbccddee000000', 'hex');

test('messages and padded channel data, in pieces of every size', () => {
  const stream = Buffer.concat([stun(8), channel, stun(0), channel]);
  for (let size = 1; size <= stream.length; size++) {
    const reader = new FrameReader();
    const frames = [];
    for (let at = 0; at < stream.length; at += size) {
      for (const f of reader.push(stream.subarray(at, at + size)) ?? [])
        frames.push([f.kind, f.bytes.length]);
    }
    expect(frames).toEqual([
      ['stun', 28],
      ['channel', 9],
      ['stun', 20],
      ['channel', 9],
    ]);
  }
});

test.each([
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['TLS', Buffer.from('160301020001000000', 'hex')],
  ['a length that is not a multiple of four', Buffer.from('0003000500000000', 'hex')],
  ['a wrong cookie', Buffer.from('000300080000000000000000', 'hex')],
  ['a first byte of neither kind', Buffer.from('80000000', 'hex')],
])('%s is not TURN', (_, bytes) => {
  expect(new FrameReader().push(bytes)).toBeUndefined();
});
