/** Whom the conversation on screen is with, for everything that is drawn of it: a friend, or a group. */
import { createContext, use } from 'react';
import type { Author, Group, Message } from '../../core/model.ts';
import { memberIdOf } from '../../core/model.ts';
import type { Messages } from '../i18n/en.ts';
import type { Speech } from '../i18n/index.ts';
import { eventText } from './event-text.ts';
import { previewOf } from './preview.ts';

export interface Partner {
  readonly id: string;
  readonly name: string;
  /** Null in a conversation of two. */
  readonly group: Group | null;
  readonly meId: string;
  /** "You" for oneself. */
  readonly nameOf: (author: Author) => string;
}

export const friendAsPartner = (id: string, name: string, meId: string, { common }: Messages): Partner => ({
  id,
  name,
  group: null,
  meId,
  nameOf: (author) => (author === 'me' ? common.you : name),
});

/** `known`: names that this person knows by another way, such as those of friends. */
export function groupAsPartner(
  group: Group,
  known: ReadonlyMap<string, string>,
  meId: string,
  { common, group: words }: Messages,
): Partner {
  const names = new Map([...group.former, ...group.members].map(({ id, displayName }) => [id, displayName]));
  return {
    id: group.id,
    name: group.name === '' ? words.unnamed : group.name,
    group,
    meId,
    nameOf: (author) => {
      const id = memberIdOf(author);
      if (author === 'me' || id === meId) return common.you;
      return known.get(id ?? '') ?? names.get(id ?? '') ?? words.former;
    },
  };
}

/** One line that stands for a message, whatever it is. */
export const lineOf = (
  message: Message,
  { meId, nameOf }: Partner,
  speech: Pick<Speech, 't' | 'format'>,
): string =>
  message.body.kind === 'group'
    ? eventText(message.body.event, message.author, meId, nameOf, speech)
    : previewOf(message.body, speech.t);

export const PartnerContext = createContext<Partner | null>(null);

export function usePartner(): Partner {
  const partner = use(PartnerContext);
  if (partner === null) throw new Error('nobody to talk with');
  return partner;
}
