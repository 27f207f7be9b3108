import { describe, expect, it } from 'vitest';
import { createSpeech } from './index.ts';
import { zh } from './apart.ts';

describe('a Chinese sentence with a name in it', () => {
  it.each([
    ['林小雨', '你和林小雨的对话'],
    ['Ada', '你和 Ada 的对话'],
    ['🦊 Zoë', '你和 🦊 Zoë 的对话'],
    ['小雨 Lin', '你和小雨 Lin 的对话'],
    ['Lin小雨', '你和 Lin小雨的对话'],
    ['نور', '你和 \u2068نور\u2069 的对话'],
    ['林小雨和 نور', '你和\u2068林小雨和 نور\u2069 的对话'],
    ['', '你和的对话'],
  ])('%s', (name, sentence) => {
    expect(zh`你和${name}的对话`).toBe(sentence);
  });

  it('sets nothing apart from punctuation', () => {
    expect(zh`${'Ada'}，你好。没有“${'Ada'}”：${'Bo'}`).toBe('Ada，你好。没有“Ada”：Bo');
  });

  it('sets names apart from each other as well', () => {
    expect(zh`${'Ada'}把${'林小雨'}${'Bo'}`).toBe('Ada 把林小雨 Bo');
  });
});

describe('a list of names', () => {
  it.each([
    ['zh-CN', '林小雨、Ada 和 \u2068نور\u2069'],
    ['en', '林小雨, Ada, and \u2068نور\u2069'],
  ] as const)('in %s', (language, list) => {
    expect(createSpeech(language, []).format.list(['林小雨', 'Ada', 'نور'])).toBe(list);
  });
});
