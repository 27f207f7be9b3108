import { describe, expect, it } from 'vitest';
import { emojiName } from './emoji-names.ts';

const TABLE = Array.from({ length: 64 }, (_, index) => index);

describe('the names of emoji', () => {
  it.each(['en', 'zh-CN'] as const)('in %s are 64, and all different', (language) => {
    const names = TABLE.map((index) => emojiName(index, language));
    expect(names).not.toContain('');
    expect(new Set(names).size).toBe(64);
    expect(emojiName(64, language)).toBe('');
  });

  // Every eighth of the specification's table, and its last: a name that is left out would shift the rest.
  it.each([
    [0, 'Dog', '狗'],
    [8, 'Panda', '熊猫'],
    [16, 'Tree', '树'],
    [24, 'Apple', '苹果'],
    [32, 'Hat', '帽子'],
    [40, 'Gift', '礼物'],
    [48, 'Hammer', '锤子'],
    [56, 'Ball', '球'],
    [63, 'Pin', '图钉'],
  ])('%i is %s', (index, english, chinese) => {
    expect([emojiName(index, 'en'), emojiName(index, 'zh-CN')]).toEqual([english, chinese]);
  });
});
