/** People as the page shows them: their names, order and search. */
import { useMemo } from 'react';
import type { Contact } from '../../../signaling/protocol/http.ts';
import type { ConversationSummary, Group } from '../../core/model.ts';
import type { Messages } from '../i18n/en.ts';
import type { Format } from '../i18n/format.ts';
import { useMessenger } from '../messenger-context.ts';
import { useValue } from '../use-value.ts';

export const nameOf = (contact: Pick<Contact, 'alias' | 'displayName'>): string =>
  contact.alias === '' ? contact.displayName : contact.alias;

export function useContacts(): ReadonlyMap<string, Contact> {
  const { contacts } = useValue(useMessenger().people.state);
  return useMemo(() => new Map(contacts.map((contact) => [contact.id, contact])), [contacts]);
}

/** "Online", "Last seen 5 minutes ago", with the person's own words after it. */
export function presenceText(contact: Contact, t: Messages, format: Format, now: number): string {
  const { state, lastSeen } = contact.presence;
  if (state !== 'offline' || lastSeen === null) return t.presence[state];
  return t.presence.lastSeen(format.relative(Math.min(lastSeen, now), now));
}

/** A friend or a group, as the list and the search know them. */
export type Chat = { readonly id: string; readonly name: string } & (
  | { readonly kind: 'friend'; readonly friend: Contact }
  | { readonly kind: 'group'; readonly group: Group }
);

/** The latest conversation first; friends without one by when they became friends. */
export function sortChats(
  contacts: readonly Contact[],
  groups: Iterable<Group>,
  conversations: ReadonlyMap<string, ConversationSummary>,
  words: Messages['group'],
): Chat[] {
  const chats = [
    ...contacts.map((friend): Chat => ({ kind: 'friend', id: friend.id, name: nameOf(friend), friend })),
    ...[...groups].map((group): Chat => ({
      kind: 'group',
      id: group.id,
      name: group.name === '' ? words.unnamed : group.name,
      group,
    })),
  ];
  const latest = (chat: Chat) =>
    Math.max(conversations.get(chat.id)?.last?.at ?? 0, chat.kind === 'friend' ? chat.friend.since : 0);
  return chats.toSorted((a, b) => latest(b) - latest(a) || a.name.localeCompare(b.name));
}

/** Accents, case and width do not count: "jose" finds "José". */
const plain = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();

/** Those of whom one of the names holds the text. */
export function searchNames<T>(
  all: readonly T[],
  text: string,
  namesOf: (one: T) => readonly string[],
): readonly T[] {
  const wanted = plain(text.trim());
  return wanted === '' ? all : all.filter((one) => namesOf(one).some((name) => plain(name).includes(wanted)));
}

const friendNames = (friend: Contact): string[] => [
  nameOf(friend),
  friend.displayName,
  friend.userName ?? '',
];

export const searchChats = (chats: readonly Chat[], text: string): readonly Chat[] =>
  searchNames(chats, text, (chat) => (chat.kind === 'friend' ? friendNames(chat.friend) : [chat.name]));

export const searchFriends = (friends: readonly Contact[], text: string): readonly Contact[] =>
  searchNames(friends, text, friendNames);

/** By name, to be found in a long list. */
export const sortFriends = (friends: readonly Contact[]): Contact[] =>
  friends.toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)));

const knownNames = new WeakMap<readonly Contact[], ReadonlyMap<string, string>>();

/** What this person calls their friends, by id. */
export function useKnownNames(): ReadonlyMap<string, string> {
  const { contacts } = useValue(useMessenger().people.state);
  const known = knownNames.get(contacts) ?? new Map(contacts.map((each) => [each.id, nameOf(each)]));
  knownNames.set(contacts, known);
  return known;
}

export function useMeId(): string {
  const session = useValue(useMessenger().session);
  return session.state === 'signed-in' ? session.me.id : '';
}
