/** User names: one stored form, one script each, and no two that look alike. */
import { describe, expect, it } from 'vitest';
import { parseUserName } from './user-name.ts';

const nameOf = (typed: string) => {
  const parsed = parseUserName(typed);
  return parsed.ok ? parsed.name : parsed.problem;
};
const skeletonOf = (typed: string) => {
  const parsed = parseUserName(typed);
  return parsed.ok ? parsed.skeleton : parsed.problem;
};

describe('a user name', () => {
  it.each([
    ['alice', 'alice'],
    ['  Alice ', 'alice'],
    ['ALICE.B-2_x', 'alice.b-2_x'],
    ['ａｌｉｃｅ', 'alice'],
    ['ﬁona', 'fiona'],
    ['王小明', '王小明'],
    ['小明', '小明'],
    ['小明2', '小明2'],
    ['小明２', '小明2'],
    ['a'.repeat(32), 'a'.repeat(32)],
    ['𠮷野家', '𠮷野家'],
  ])('%s is stored as %s', (typed, stored) => {
    expect(nameOf(typed)).toBe(stored);
  });

  it.each(['ab', '  ab  ', '明', 'a', '𠮷'])('%s is too short', (typed) => {
    expect(nameOf(typed)).toBe('user-name-too-short');
  });

  it.each(['a'.repeat(33), '王'.repeat(33)])('%s is too long', (typed) => {
    expect(nameOf(typed)).toBe('user-name-too-long');
  });

  it.each([
    ['Cyrillic а', 'аlice'],
    ['Greek ο', 'bοb1'],
    ['Cyrillic alone', 'алиса'],
    ['Latin and Chinese', '小明bob'],
    ['accents', 'renée'],
    ['an inner space', 'al ice'],
    ['a leading dot', '.alice'],
    ['a trailing dash', 'alice-'],
    ['two marks in a row', 'al..ice'],
    ['a zero-width space', 'al\u200bice'],
    ['a direction override', 'ali\u202ece'],
    ['emoji', 'alice😀'],
    ['a line break', 'al\nice'],
    ['dotless i', 'alıce'],
    ['marks under Chinese', '小\u0301明'],
  ])('with %s is refused', (_name, typed) => {
    expect(nameOf(typed)).toBe('user-name-characters');
  });

  it.each([
    ['alice', 'a1ice'],
    ['bob.lee', 'boblee'],
    ['bob-lee', 'bob_lee'],
    ['moon', 'm00n'],
    ['modern', 'modem'],
    ['wow1', 'vvow1'],
    ['corner', 'comer'],
    ['alice', 'aI1ce'.toLowerCase().replace('i1', '1i')],
  ])('%s looks like %s', (a, b) => {
    expect(skeletonOf(a)).toBe(skeletonOf(b));
  });

  it.each([
    ['alice', 'alicia'],
    ['bob1', 'bob2'],
    ['王小明', '王小名'],
    ['小明', '小明2'],
  ])('%s does not look like %s', (a, b) => {
    expect(skeletonOf(a)).not.toBe(skeletonOf(b));
  });
});
