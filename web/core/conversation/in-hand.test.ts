import { expect, it } from 'vitest';
import { createFakeKeep } from '../../../tests/fakes/keep.ts';
import { createInHand } from './in-hand.ts';

const kept = new Map<string, string>([['other', 'x']]);
const keep = createFakeKeep(kept);
const idOf = (n: number) => String(n).padStart(26, '0');
const content = (n: number) => ({ type: 'text', id: idOf(n), text: `text ${n}` }) as const;
const ids = (all: readonly { readonly content: { readonly id: string } }[]) =>
  all.map((left) => Number(left.content.id));

it('tells of what other tabs left, of one account, and of nothing that is not a message', () => {
  const dead = createInHand(keep, 'ada');
  dead.take('ben', [content(1), content(2), content(3)]);
  dead.release([idOf(2)]);
  const next = createInHand(keep, 'ada');
  next.take('ben', [content(4)]);
  kept.set(`holler-in-hand ada ${idOf(5)}`, '{"conversationId":"ben"');
  kept.set(
    `holler-in-hand ada ${idOf(6)}`,
    '{"conversationId":"ben","letter":{"type":"typing","typing":true}}',
  );
  expect(next.left()).toEqual([1, 3].map((n) => ({ conversationId: 'ben', content: content(n) })));
  expect(ids(createInHand(keep, 'ben').left())).toEqual([]);
  next.release([idOf(1)]);
  expect(ids(next.left())).toEqual([3]);
  next.clear();
  expect(kept).toEqual(new Map([['other', 'x']]));
});
