import { describe, expect, it } from 'vitest';
import type { Message } from '../../core/model.ts';
import { newsBetween } from './change-news.ts';

const theirs: Message = {
  id: '1',
  conversationId: 'f',
  author: 'friend',
  at: 1,
  body: { kind: 'text', text: 'one' },
  state: 'read',
};
const mine: Message = { ...theirs, id: '2', author: 'me' };
const by = (...people: ('me' | 'friend')[]) => [{ emoji: '👍', by: people }];

describe('news of changes', () => {
  it.each([
    ['an edit', { ...theirs, edited: 5 }, { did: 'edit', by: 'friend' }],
    ['a deletion', { ...theirs, body: { kind: 'deleted' } }, { did: 'delete', by: 'friend' }],
    ['a reaction', { ...mine, reactions: by('friend') }, { did: 'react', emoji: '👍', by: 'friend' }],
    [
      'a reaction beside one’s own',
      { ...mine, reactions: by('me', 'friend') },
      { did: 'react', emoji: '👍', by: 'friend' },
    ],
  ] as const)('tell of %s by the friend', (_name, message, news) => {
    const before = [theirs, mine];
    const after = before.map((each) => (each.id === message.id ? message : each));
    expect(newsBetween(before, after)).toEqual({ ...news, message });
  });

  it('say who reacted, in a group', () => {
    const before = { ...mine, reactions: [{ emoji: '👍', by: ['@ada' as const] }] };
    const after = { ...mine, reactions: [{ emoji: '👍', by: ['@ada' as const, '@bo' as const] }] };
    expect(newsBetween([before], [after])).toMatchObject({ did: 'react', by: '@bo' });
  });

  it.each([
    ['one’s own edit', { ...mine, edited: 5 }],
    ['one’s own deletion', { ...mine, body: { kind: 'deleted' } }],
    ['one’s own reaction', { ...theirs, reactions: by('me') }],
    ['a tick', { ...mine, state: 'delivered' }],
  ] as const)('say nothing of %s', (_name, message) => {
    const before = [theirs, mine];
    expect(
      newsBetween(
        before,
        before.map((each) => (each.id === message.id ? message : each)),
      ),
    ).toBeNull();
  });

  it('say nothing of what is new, gone, or taken away', () => {
    expect(newsBetween([theirs], [theirs, { ...mine, reactions: by('friend') }])).toBeNull();
    expect(newsBetween([theirs, mine], [theirs])).toBeNull();
    expect(newsBetween([{ ...mine, reactions: by('friend') }], [mine])).toBeNull();
  });
});
