/** Which changes of the people list are worth a notice: pure. */
import type { Presence } from '../../../signaling/protocol/common.ts';
import type { ListChange } from '../../../signaling/protocol/socket.ts';
import type { Notice, PeopleState } from '../model.ts';

/** `asked` holds the user names that were asked to be friends, also those whose request has just left the list. */
export function newsOfChange(
  before: PeopleState,
  change: ListChange,
  asked: ReadonlySet<string>,
): Notice | null {
  if (change.kind === 'incoming') {
    const known = before.incoming.some(({ id }) => id === change.request.id);
    return known ? null : { kind: 'contact-request', request: change.request };
  }
  if (change.kind === 'contact') {
    const { contact } = change;
    if (before.contacts.some(({ id }) => id === contact.id)) return null;
    // Whoever one accepts oneself is no news; a guest can only have come by one's own link.
    const expected = contact.kind === 'guest' || (contact.userName !== null && asked.has(contact.userName));
    return expected ? { kind: 'contact-accepted', conversationId: contact.id } : null;
  }
  return null;
}

export function newsOfPresence(before: PeopleState, friendId: string, presence: Presence): Notice | null {
  const old = before.contacts.find(({ id }) => id === friendId)?.presence.state;
  return old === 'offline' && presence.state !== 'offline'
    ? { kind: 'friend-online', conversationId: friendId }
    : null;
}
