/** What others have just done to messages that are there: told by how they were and how they are. Pure. */
import type { Author, Message } from '../../core/model.ts';

export type ChangeNews =
  | { readonly did: 'edit' | 'delete'; readonly message: Message; readonly by: Author }
  | { readonly did: 'react'; readonly message: Message; readonly by: Author; readonly emoji: string };

/** The newest of them; null if nobody else has changed anything. */
export function newsBetween(before: readonly Message[], after: readonly Message[]): ChangeNews | null {
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  if (same === before.length) return null;
  const known = new Map(before.slice(same).map((message) => [message.id, message]));
  for (const message of after.slice(same).toReversed()) {
    const was = known.get(message.id);
    const news = was !== undefined && was !== message ? newsOf(was, message) : null;
    if (news !== null) return news;
  }
  return null;
}

function newsOf(was: Message, message: Message): ChangeNews | null {
  const theirs = message.author !== 'me';
  if (message.body.kind === 'deleted') {
    return theirs && was.body.kind !== 'deleted' ? { did: 'delete', message, by: message.author } : null;
  }
  if (theirs && message.edited !== was.edited) return { did: 'edit', message, by: message.author };
  const known = new Set(othersReactions(was).map(({ emoji, by }) => `${by} ${emoji}`));
  const fresh = othersReactions(message).find(({ emoji, by }) => !known.has(`${by} ${emoji}`));
  return fresh === undefined ? null : { did: 'react', message, ...fresh };
}

function othersReactions({ reactions = [] }: Message): { readonly emoji: string; readonly by: Author }[] {
  return reactions.flatMap(({ emoji, by }) =>
    by.filter((author) => author !== 'me').map((author) => ({ emoji, by: author })),
  );
}
