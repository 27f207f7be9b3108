/** How the list of people changes: pure, from the server's messages. */
import type { Presence } from '../../../signaling/protocol/common.ts';
import type { ContactList } from '../../../signaling/protocol/http.ts';
import type { ListChange } from '../../../signaling/protocol/socket.ts';
import type { PeopleState } from '../model.ts';

export const NOBODY: PeopleState = { contacts: [], incoming: [], outgoing: [], blocked: [], loaded: false };

export function withList(list: ContactList): PeopleState {
  return { ...list, loaded: true };
}

export function withChange(people: PeopleState, change: ListChange): PeopleState {
  switch (change.kind) {
    case 'contact':
      return { ...people, contacts: put(people.contacts, change.contact) };
    case 'contact-removed':
      return { ...people, contacts: without(people.contacts, change.userId) };
    case 'incoming':
      return { ...people, incoming: put(people.incoming, change.request) };
    case 'incoming-removed':
      return { ...people, incoming: without(people.incoming, change.userId) };
    case 'outgoing':
      return { ...people, outgoing: put(people.outgoing, change.request) };
    case 'outgoing-removed':
      return { ...people, outgoing: without(people.outgoing, change.id) };
    case 'blocked':
      return { ...people, blocked: put(people.blocked, change.person) };
    case 'blocked-removed':
      return { ...people, blocked: without(people.blocked, change.userId) };
  }
}

export function withPresence(people: PeopleState, userId: string, presence: Presence): PeopleState {
  const contact = people.contacts.find(({ id }) => id === userId);
  return contact ? { ...people, contacts: put(people.contacts, { ...contact, presence }) } : people;
}

/** As shown while there is no connection, when nothing is known about who is there. */
export function withEveryoneOffline(people: PeopleState): PeopleState {
  const contacts = people.contacts.map((contact) =>
    contact.presence.state === 'offline'
      ? contact
      : { ...contact, presence: { ...contact.presence, state: 'offline' as const, devices: [] } },
  );
  return { ...people, contacts };
}

interface Entry {
  readonly id: string;
}

function put<T extends Entry>(list: readonly T[], entry: T): readonly T[] {
  return list.some(({ id }) => id === entry.id)
    ? list.map((old) => (old.id === entry.id ? entry : old))
    : [...list, entry];
}

function without<T extends Entry>(list: readonly T[], gone: string): readonly T[] {
  return list.filter(({ id }) => id !== gone);
}
