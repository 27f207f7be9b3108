/** What a friend has just done to messages that are there: told by how they were and how they are. Pure. */
import type { Message } from '../../core/model.ts';

export type ChangeNews =
  | { readonly did: 'edit' | 'delete'; readonly message: Message }
  | { readonly did: 'react'; readonly message: Message; readonly emoji: string };

/** The newest of them; null if the friend has changed nothing. */
export function newsBetween(before: readonly Message[], after: readonly Message[]): ChangeNews | null {
  if (before === after) return null;
  const known = new Map(before.map((message) => [message.id, message]));
  for (const message of after.toReversed()) {
    const was = known.get(message.id);
    const news = was !== undefined && was !== message ? newsOf(was, message) : null;
    if (news !== null) return news;
  }
  return null;
}

function newsOf(was: Message, message: Message): ChangeNews | null {
  const theirs = message.author !== 'me';
  if (message.body.kind === 'deleted') {
    return theirs && was.body.kind !== 'deleted' ? { did: 'delete', message } : null;
  }
  if (theirs && message.edited !== was.edited) return { did: 'edit', message };
  const emoji = friendsEmoji(message).find((each) => !friendsEmoji(was).includes(each));
  return emoji === undefined ? null : { did: 'react', message, emoji };
}

function friendsEmoji({ reactions = [] }: Message): string[] {
  return reactions.filter(({ by }) => by.includes('friend')).map(({ emoji }) => emoji);
}
