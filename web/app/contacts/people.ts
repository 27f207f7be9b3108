/** People as the page shows them: their names, order and search. */
import { useMemo } from 'react';
import type { Contact } from '../../../signaling/protocol/http.ts';
import type { ConversationSummary } from '../../core/model.ts';
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

/** The latest conversation first; friends without one by when they became friends. */
export function sortContacts(
  contacts: readonly Contact[],
  conversations: ReadonlyMap<string, ConversationSummary>,
): Contact[] {
  const latest = (contact: Contact) => Math.max(conversations.get(contact.id)?.last?.at ?? 0, contact.since);
  return contacts.toSorted((a, b) => latest(b) - latest(a) || nameOf(a).localeCompare(nameOf(b)));
}

/** Accents, case and width do not count: "jose" finds "José". */
const plain = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();

export function searchContacts(contacts: readonly Contact[], text: string): readonly Contact[] {
  const wanted = plain(text.trim());
  if (wanted === '') return contacts;
  return contacts.filter((contact) =>
    [contact.alias, contact.displayName, contact.userName ?? ''].some((name) => plain(name).includes(wanted)),
  );
}
