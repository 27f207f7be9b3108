/** A group as a partner in conversation, and whom any conversation is with. */
import { useCallback, useMemo } from 'react';
import type { Group } from '../../core/model.ts';
import { nameOf, useKnownNames, useMeId } from '../contacts/people.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { friendAsPartner, groupAsPartner, type Partner } from './partner.ts';

export function useGroupPartner(group: Group): Partner {
  const { t } = useSpeech();
  const known = useKnownNames();
  const meId = useMeId();
  return useMemo(() => groupAsPartner(group, known, meId, t), [group, known, meId, t]);
}

/** For what is not on screen; null for whoever is in no list any more. Always as things are when it is called. */
export function useFindPartner(): (conversationId: string) => Partner | null {
  const { t } = useSpeech();
  const { groups, people } = useMessenger();
  const known = useKnownNames();
  const meId = useMeId();
  return useCallback(
    (id) => {
      const friend = people.state.get().contacts.find((each) => each.id === id);
      if (friend) return friendAsPartner(id, nameOf(friend), meId, t);
      const group = groups.all.get().get(id);
      return group ? groupAsPartner(group, known, meId, t) : null;
    },
    [t, groups, people, known, meId],
  );
}
