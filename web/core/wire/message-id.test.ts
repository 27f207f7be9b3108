import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { createIdMaker, HIGHEST_ID, LOWEST_ID, MAX_LEAD, messageIdSchema, timeOfId } from './message-id.ts';

const NOW = 1_800_000_000_000;
const bytes = (value: number) => (length: number) => new Uint8Array(length).fill(value);
const at = (time: number, random = 7) => createIdMaker(() => time, bytes(random));

describe('message ids', () => {
  it('are 26 characters that hold their time', () => {
    const id = at(NOW).next(null);
    expect(v.is(messageIdSchema, id)).toBe(true);
    expect(timeOfId(id)).toBe(NOW);
  });

  it('sort by time as text, between the lowest and the highest', () => {
    const ids = [0, 1, 31, 32, NOW, NOW + 1, 2 ** 48 - 1].map((time) => at(time).next(null));
    expect(ids.toSorted()).toEqual(ids);
    expect(LOWEST_ID < ids[0]! && ids.at(-1)! < HIGHEST_ID).toBe(true);
  });

  it('rise within one millisecond, even at the end of the randomness', () => {
    const maker = at(NOW, 31);
    const ids = Array.from({ length: 100 }, () => maker.next(null));
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(100);
    expect(ids.every((id) => v.is(messageIdSchema, id))).toBe(true);
  });

  it('rise when the clock goes back', () => {
    let now = NOW;
    const maker = createIdMaker(() => now, bytes(0));
    const first = maker.next(null);
    now -= 60_000;
    expect(maker.next(null) > first).toBe(true);
  });

  it('come after the newest seen, though its clock is ahead', () => {
    const seen = at(NOW + MAX_LEAD).next(null);
    const id = at(NOW).next(seen);
    expect(id > seen).toBe(true);
    expect(timeOfId(id)).toBe(NOW + MAX_LEAD);
  });

  it('are not pulled along by a clock that is far ahead', () => {
    const poison = at(NOW + MAX_LEAD + 1).next(null);
    expect(timeOfId(at(NOW).next(poison))).toBe(NOW);
    expect(timeOfId(at(NOW).next(HIGHEST_ID))).toBe(NOW);
  });

  it.each([
    '',
    'X'.repeat(26),
    '8' + '0'.repeat(25),
    '0'.repeat(25) + 'I',
    '0'.repeat(27),
    '0'.repeat(25) + 'a',
  ])('refuse %j', (text) => expect(v.is(messageIdSchema, text)).toBe(false));
});
