import { describe, expect, it } from 'vitest';
import { createIdMaker } from '../wire/message-id.ts';
import type { WireMessage } from '../wire/message.ts';
import { createEnvelope } from './envelope.ts';

const friend = { userId: 'u', deviceId: 'd' };
const envelope = createEnvelope();
const id = createIdMaker(
  () => 1_800_000_000_000,
  (length) => new Uint8Array(length),
).next(null);
const bytesOf = (text: string, version = 1) => new Uint8Array([version, ...new TextEncoder().encode(text)]);
const text = (more: object) => JSON.stringify({ type: 'text', id, text: 'x', ...more });

describe('envelope', () => {
  it.each<WireMessage>([
    { type: 'text', id, text: 'hello 你好 🙂' },
    { type: 'text', id, text: 'yes', replyTo: { id, own: false, excerpt: 'really?' } },
    { type: 'file', id, name: 'a.txt', size: 5e12, mime: '' },
    { type: 'receipt', delivered: [id], readUpTo: id },
    { type: 'typing', typing: true },
  ])('opens what it sealed: $type', async (message) => {
    expect(await envelope.open(await envelope.seal(message, friend), friend)).toEqual({ ok: true, message });
  });

  it.each([
    ['nothing', new Uint8Array(), 'version'],
    ['another version', bytesOf(text({}), 2), 'version'],
    ['no JSON', bytesOf('{'), 'malformed'],
    ['no UTF-8', new Uint8Array([1, 0xff, 0xfe]), 'malformed'],
    ['an unknown type', bytesOf('{"type":"unheard-of"}'), 'malformed'],
    ['an empty text', bytesOf(text({ text: '' })), 'malformed'],
    ['a text too long', bytesOf(text({ text: 'x'.repeat(16_001) })), 'malformed'],
    ['an id that is none', bytesOf(text({ id: '../../etc' })), 'malformed'],
    [
      'an excerpt too long',
      bytesOf(text({ replyTo: { id, own: true, excerpt: 'x'.repeat(201) } })),
      'malformed',
    ],
    [
      'a negative size',
      bytesOf(JSON.stringify({ type: 'file', id, name: 'a', size: -1, mime: '' })),
      'malformed',
    ],
    [
      'too many receipts',
      bytesOf(JSON.stringify({ type: 'receipt', delivered: Array(501).fill(id) })),
      'malformed',
    ],
    ['too much', bytesOf(text({ junk: 'x'.repeat(200_000) })), 'too-large'],
  ])('refuses %s', async (_name, bytes, why) => {
    expect(await envelope.open(bytes, friend)).toEqual({ ok: false, why });
  });
});
