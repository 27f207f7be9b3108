import { describe, expect, it } from 'vitest';
import { createFormat, daysBetween, type Format } from './format.ts';

const words = { today: 'Today', yesterday: 'Yesterday' };
const english = createFormat('en-GB', words);
const chinese = createFormat('zh-CN', { today: '今天', yesterday: '昨天' });
const at = (month: number, day: number, hour = 12, minute = 0, year = 2026) =>
  new Date(year, month - 1, day, hour, minute).getTime();
const NOW = at(6, 18, 15, 30);

describe('days', () => {
  it('count by the calendar, not by 24 hours', () => {
    expect(daysBetween(at(6, 17, 23, 59), at(6, 18, 0, 1))).toBe(1);
    expect(daysBetween(at(6, 18, 0, 1), at(6, 18, 23, 59))).toBe(0);
    // Over a change of clocks a day has 23 or 25 hours.
    expect(daysBetween(at(3, 28), at(3, 30))).toBe(2);
  });

  it.each([
    [at(6, 18, 1), 'Today', '今天'],
    [at(6, 17, 23), 'Yesterday', '昨天'],
    [at(6, 15), 'Monday', '星期一'],
    [at(6, 1), '1 June', '6月1日'],
    [at(6, 1, 12, 0, 2024), '1 June 2024', '2024年6月1日'],
  ])('%d is named', (when, inEnglish, inChinese) => {
    expect(english.day(when, NOW)).toBe(inEnglish);
    expect(chinese.day(when, NOW)).toBe(inChinese);
  });

  it('are short in the list', () => {
    expect(english.short(at(6, 18, 9, 5), NOW)).toBe('09:05');
    expect(english.short(at(6, 17), NOW)).toBe('Yesterday');
    expect(english.short(at(6, 15), NOW)).toBe('Mon');
    expect(chinese.short(at(6, 1), NOW)).toBe('6月1日');
    expect(english.short(at(6, 1, 12, 0, 2024), NOW)).toBe('01/06/2024');
  });
});

describe('distances in time', () => {
  it.each([
    [NOW - 20_000, 'this minute', '此刻'],
    [NOW - 3 * 60_000, '3 minutes ago', '3 分钟前'],
    [NOW - 5 * 3_600_000, '5 hours ago', '5 小时前'],
    [NOW + 7 * 86_400_000, 'in 7 days', '7 天后'],
    [NOW - 90 * 86_400_000, '3 months ago', '3 个月前'],
  ])('%d', (when, inEnglish, inChinese) => {
    expect(english.relative(when, NOW)).toBe(inEnglish);
    expect(chinese.relative(when, NOW)).toBe(inChinese);
  });

  it('count seconds up to a minute and a half', () => {
    expect(english.inSeconds(0.2)).toBe('in 1 second');
    expect(english.inSeconds(12)).toBe('in 12 seconds');
    expect(english.inSeconds(120)).toBe('in 2 minutes');
    expect(chinese.inSeconds(12)).toBe('12 秒钟后');
  });

  it('left of something, in a few characters', () => {
    const spans = (format: Format) => [40, 300, 7_200].map((seconds) => format.span(seconds));
    expect(spans(english)).toEqual(['40 secs', '5 mins', '2 hrs']);
    expect(spans(chinese)).toEqual(['40 秒', '5 分钟', '2 小时']);
  });
});

describe('sizes', () => {
  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [2_100_000, '2.1 MB'],
    [123_456_789, '123 MB'],
    [5_000_000_000_000_000, '5,000 TB'],
  ])('%d', (size, text) => {
    expect(english.bytes(size)).toBe(text);
  });
});
