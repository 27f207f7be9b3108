import { describe, expect, it } from 'vitest';
import type { Contact } from '../../../signaling/protocol/http.ts';
import type { ListChange } from '../../../signaling/protocol/socket.ts';
import type { PeopleState } from '../model.ts';
import { NOBODY, withChange, withEveryoneOffline, withList, withPresence } from './list.ts';
import { newsOfChange, newsOfPresence } from './news.ts';

const presence = (state: 'online' | 'offline') =>
  ({ state, statusText: '', lastSeen: null, devices: state === 'online' ? ['d'] : [] }) as const;
const contact = (id: string, more: Partial<Contact> = {}): Contact => ({
  id,
  userName: id,
  displayName: id.toUpperCase(),
  kind: 'account',
  alias: '',
  since: 0,
  presence: { ...presence('offline'), devices: [] },
  ...more,
});
const person = (id: string) => ({ id, userName: id, displayName: id });
const request = { ...person('ned'), requestedAt: 1 };
const asked = { id: 'r', userName: 'zoe', requestedAt: 1 };
const people: PeopleState = withList({
  contacts: [contact('ben')],
  incoming: [request],
  outgoing: [asked],
  blocked: [person('eve')],
});

describe('the list', () => {
  it.each<[ListChange, Partial<PeopleState>]>([
    [{ kind: 'contact', contact: contact('kim') }, { contacts: [contact('ben'), contact('kim')] }],
    [
      { kind: 'contact', contact: contact('ben', { alias: 'B' }) },
      { contacts: [contact('ben', { alias: 'B' })] },
    ],
    [{ kind: 'contact-removed', userId: 'ben' }, { contacts: [] }],
    [{ kind: 'contact-removed', userId: 'nobody' }, {}],
    [
      { kind: 'incoming', request: { ...request, id: 'pat' } },
      { incoming: [request, { ...request, id: 'pat' }] },
    ],
    [{ kind: 'incoming-removed', userId: 'ned' }, { incoming: [] }],
    [{ kind: 'outgoing', request: { ...asked, id: 's' } }, { outgoing: [asked, { ...asked, id: 's' }] }],
    [{ kind: 'outgoing-removed', id: 'r' }, { outgoing: [] }],
    [{ kind: 'blocked', person: person('mal') }, { blocked: [person('eve'), person('mal')] }],
    [{ kind: 'blocked-removed', userId: 'eve' }, { blocked: [] }],
  ])('%o', (change, expected) => {
    expect(withChange(people, change)).toEqual({ ...people, ...expected });
  });

  it('follows presence, and knows nothing of it without a connection', () => {
    const online = { ...presence('online'), devices: ['d'] };
    const there = withPresence(people, 'ben', online);
    expect(there.contacts[0]?.presence).toEqual(online);
    expect(withEveryoneOffline(there).contacts[0]?.presence).toMatchObject({ state: 'offline', devices: [] });
    expect(withPresence(people, 'stranger', online)).toBe(people);
    expect(NOBODY.loaded).toBe(false);
  });
});

describe('news', () => {
  const none = new Set<string>();
  it.each<[string, ListChange, ReadonlySet<string>, string | null]>([
    ['somebody asks', { kind: 'incoming', request: { ...request, id: 'pat' } }, none, 'contact-request'],
    ['who has asked before', { kind: 'incoming', request }, none, null],
    ['somebody accepts', { kind: 'contact', contact: contact('zoe') }, new Set(['zoe']), 'contact-accepted'],
    ['somebody whom one accepted', { kind: 'contact', contact: contact('ned') }, none, null],
    [
      'a guest comes',
      { kind: 'contact', contact: contact('g', { kind: 'guest', userName: null }) },
      none,
      'contact-accepted',
    ],
    [
      'a contact changes',
      { kind: 'contact', contact: contact('ben', { alias: 'B' }) },
      new Set(['ben']),
      null,
    ],
    ['somebody goes', { kind: 'contact-removed', userId: 'ben' }, none, null],
  ])('%s', (_name, change, names, kind) => {
    expect(newsOfChange(people, change, names)?.kind ?? null).toBe(kind);
  });

  it('a friend comes online, once', () => {
    const online = { ...presence('online'), devices: ['d'] };
    expect(newsOfPresence(people, 'ben', online)).toEqual({ kind: 'friend-online', conversationId: 'ben' });
    expect(newsOfPresence(withPresence(people, 'ben', online), 'ben', online)).toBeNull();
    expect(newsOfPresence(people, 'stranger', online)).toBeNull();
  });
});
