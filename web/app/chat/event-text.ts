/** What became of a group, in a sentence: "Lin added Tom and you". Pure. */
import type { GroupEvent } from '../../core/group-model.ts';
import type { Author } from '../../core/model.ts';
import type { Speech } from '../i18n/index.ts';

/** `nameOf`: what this person calls somebody; "You" for `me`. */
export function eventText(
  event: GroupEvent,
  author: Author,
  meId: string,
  nameOf: (author: Author) => string,
  { t: { group: words }, format }: Pick<Speech, 't' | 'format'>,
): string {
  const who = nameOf(author);
  const named = (ids: readonly string[]): string =>
    format.list(ids.map((id) => (id === meId ? words.you : nameOf(`@${id}`))));
  switch (event.kind) {
    case 'added':
    case 'removed':
      return words.event[event.kind](who, named(event.memberIds));
    case 'role':
      return words.event[event.role](who, named([event.memberId]));
    default:
      return words.event[event.kind](who);
  }
}
