import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import {
  authorOfId,
  boundTo,
  createIdMaker,
  HIGHEST_ID,
  idAfter,
  idAt,
  LOWEST_ID,
  MAX_LEAD,
  messageIdSchema,
  timeOfId,
} from './message-id.ts';

const NOW = 1_800_000_000_000;
const ADA = 'ada-ada-ada-ada-ada-22';
const BEN = 'ben-ben-ben-ben-ben-22';
const bytes = (value: number) => (length: number) => new Uint8Array(length).fill(value);
const at = (time: number, random = 7, author = ADA) => createIdMaker(() => time, bytes(random), author);

describe('message ids', () => {
  it('are 48 characters that hold their time and their author', () => {
    const id = at(NOW).next(null);
    expect(v.is(messageIdSchema, id)).toBe(true);
    expect(id).toHaveLength(48);
    expect(timeOfId(id)).toBe(NOW);
    expect(authorOfId(id)).toBe(ADA);
    expect(authorOfId(idAt(NOW, 'what each page writes for itself'))).toBeNull();
    expect(authorOfId(boundTo(idAt(NOW, 'from before'), BEN))).toBe(BEN);
  });

  it('stay those of their author when they follow somebody else’s', () => {
    const floor = at(NOW, 31).next(null);
    const id = at(NOW, 0, BEN).next(floor);
    expect(id > floor).toBe(true);
    expect(authorOfId(id)).toBe(BEN);
    const after = idAfter(at(NOW, 0, BEN).next(null), floor);
    expect(after > floor && v.is(messageIdSchema, after)).toBe(true);
    expect(authorOfId(after)).toBe(BEN);
  });

  it('are different ones of two devices of a person that follow the same letter', () => {
    const floor = at(NOW, 31).next(null);
    const [one, other] = [3, 5].map((random) => at(NOW, random));
    const ids = [one!.next(floor), other!.next(floor), one!.next(floor), other!.next(floor)];
    const changes = [3, 5].map((random) => idAfter(at(NOW - 1, random).next(null), floor));
    const all = [...ids, ...changes, floor];
    expect(new Set(ids).size).toBe(4);
    expect(new Set(changes).size).toBe(2);
    expect(all.every((id) => id >= floor && v.is(messageIdSchema, id) && authorOfId(id) === ADA)).toBe(true);
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
    const maker = createIdMaker(() => now, bytes(0), ADA);
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
    '0'.repeat(26) + 'a'.repeat(21),
    '0'.repeat(26) + 'a'.repeat(21) + '~',
    HIGHEST_ID,
    '0'.repeat(25) + 'a',
  ])('refuse %j', (text) => expect(v.is(messageIdSchema, text)).toBe(false));
});
