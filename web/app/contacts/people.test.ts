import { describe, expect, it } from 'vitest';
import type { Contact } from '../../../signaling/protocol/http.ts';
import type { ConversationSummary, Group, Message } from '../../core/model.ts';
import { createSpeech } from '../i18n/index.ts';
import { nameOf, presenceText, searchChats, sortChats } from './people.ts';

const NOW = 1_700_000_000_000;

function contact(id: string, displayName: string, more: Partial<Contact> = {}): Contact {
  const presence = { state: 'online' as const, statusText: '', lastSeen: null, devices: [] };
  return { id, userName: id, displayName, kind: 'account', alias: '', since: 1, presence, ...more };
}

const summary = (conversationId: string, at: number): ConversationSummary => ({
  conversationId,
  last: { at } as Message,
  unread: 0,
  draft: '',
  mentioned: false,
});

const { t: words } = createSpeech('en', []);
const group = (id: string, name: string) => ({ id, name }) as Group;

describe('friends', () => {
  it('go by the name that one gave them', () => {
    expect(nameOf(contact('a', 'Ada'))).toBe('Ada');
    expect(nameOf(contact('a', 'Ada', { alias: 'Countess' }))).toBe('Countess');
  });

  it('stand by the latest word, new friends among them, then by name', () => {
    const friends = [
      contact('a', 'Zed'),
      contact('b', 'Bo'),
      contact('c', 'Cy', { since: 50 }),
      contact('d', 'Al'),
    ];
    const talks = new Map([['b', summary('b', 100)]]);
    const sorted = sortChats(friends, [], talks, words.group);
    expect(sorted.map(({ id }) => id)).toEqual(['b', 'c', 'd', 'a']);
  });

  it('stand in one list with groups', () => {
    const friends = [contact('a', 'Al', { since: 70 }), contact('b', 'Bo')];
    const talks = new Map([
      ['b', summary('b', 100)],
      ['g', summary('g', 90)],
    ]);
    const groups = [group('g', 'Walkers'), group('h', '')];
    const sorted = sortChats(friends, groups, talks, words.group);
    expect(sorted.map(({ name }) => name)).toEqual(['Bo', 'Walkers', 'Al', words.group.unnamed]);
    expect(searchChats(sorted, 'walk').map(({ id }) => id)).toEqual(['g']);
  });

  it('are found by any of their names, whatever the accents, case and width', () => {
    const friends = [
      contact('jose', 'José Ñandú'),
      contact('lin', '林小雨', { alias: 'Rain' }),
      contact('bob', 'Bob'),
    ];
    const chats = friends.map((friend) => ({
      kind: 'friend' as const,
      id: friend.id,
      name: nameOf(friend),
      friend,
    }));
    const found = (text: string) => searchChats(chats, text).map(({ id }) => id);
    expect(found('nandu')).toEqual(['jose']);
    expect(found('小雨')).toEqual(['lin']);
    expect(found('rain')).toEqual(['lin']);
    expect(found('ＢＯＢ')).toEqual(['bob']);
    expect(found('  ')).toEqual(['jose', 'lin', 'bob']);
    expect(found('nobody')).toEqual([]);
  });

  it('say when they were last seen, if that is known', () => {
    const { t, format } = createSpeech('en', []);
    const away = { state: 'offline' as const, statusText: '', devices: [] };
    const seen = contact('a', 'A', { presence: { ...away, lastSeen: NOW - 3 * 60_000 } });
    const never = contact('b', 'B', { presence: { ...away, lastSeen: null } });
    expect(presenceText(seen, t, format, NOW)).toBe('Last seen 3 minutes ago');
    expect(presenceText(never, t, format, NOW)).toBe('Offline');
  });
});
