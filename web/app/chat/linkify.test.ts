import { describe, expect, it } from 'vitest';
import { linkify, type Piece } from './linkify.ts';

const links = (text: string) => linkify(text).filter((piece) => piece.kind === 'link');
const whole = (pieces: readonly Piece[]) => pieces.map((piece) => piece.text).join('');

describe('addresses in a text', () => {
  it.each([
    ['see https://example.org/a?b=c#d, please', 'https://example.org/a?b=c#d'],
    ['http://example.org', 'http://example.org/'],
    // The end is no link, so that what is before an @ cannot pass for the host.
    ['https://example.com@evil.example/x', 'https://example.com/'],
    ['(example.com/path)', 'https://example.com/path'],
    ['看 https://example.org/路径。好', 'https://example.org/%E8%B7%AF%E5%BE%84'],
    ['write to ada@example.org!', 'mailto:ada@example.org'],
  ])('%s leads to %s', (text, href) => {
    expect(links(text)).toMatchObject([{ href }]);
    expect(whole(linkify(text))).toBe(text);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'ftp://example.org/file',
    'file:///etc/passwd',
    '//example.org/x',
    'vbscript:x',
    'just words, 3.14 and a.b',
  ])('%s is no link', (text) => {
    expect(links(text)).toEqual([]);
    expect(whole(linkify(text))).toBe(text);
  });

  it('keeps everything between and around', () => {
    const text = 'a https://a.example b\nhttps://b.example c';
    expect(linkify(text).map((piece) => piece.kind)).toEqual(['text', 'link', 'text', 'link', 'text']);
    expect(whole(linkify(text))).toBe(text);
  });
});

describe('an address that pretends to be another', () => {
  it.each([
    ['https://аррӏе.com/login', 'xn--80ak6aa92e.com'],
    ['https://exаmple.com', 'xn--exmple-4nf.com'],
    ['https://pаypal.com.evil.example', 'xn--pypal-4ve.com.evil.example'],
    ['https://evil.example/\u202emoc.knab//:sptth', 'evil.example'],
  ])('%s names the true one', (text, trueHost) => {
    expect(links(text)).toMatchObject([{ trueHost }]);
  });

  it.each([
    'https://例子.测试/x',
    'https://münchen.example',
    'https://пример.example',
    'https://xn--80ak6aa92e.com',
    'https://example.org/@ada',
    'ada@example.org',
  ])('%s is what it says', (text) => {
    expect(links(text)).toMatchObject([{ trueHost: null }]);
  });
});
