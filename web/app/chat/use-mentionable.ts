/** Whom one can mention in the conversation on screen: the other members of a group; nobody in a conversation of two. */
import { useMemo } from 'react';
import type { Mentionable } from './mentions.ts';
import { usePartner } from './partner.ts';

/** By the names that they gave themselves: the one that somebody has for a friend is nobody else's business. */
export function useMentionable(): readonly Mentionable[] {
  const { group, meId } = usePartner();
  return useMemo(
    () =>
      (group?.members ?? [])
        .filter(({ id }) => id !== meId)
        .map(({ id, displayName }) => ({ id, name: displayName })),
    [group, meId],
  );
}
