/** A guest is a friend of who invited them from the start: straight into that conversation. Draws nothing. */
import { useEffect } from 'react';
import { useMessenger } from '../messenger-context.ts';
import { navigate } from '../route.ts';
import { useValue } from '../use-value.ts';

export function GuestArrival() {
  const { contacts } = useValue(useMessenger().people.state);
  const newest = contacts.toSorted((a, b) => b.since - a.since)[0];
  useEffect(() => {
    if (newest !== undefined)
      navigate({ screen: 'chat', conversationId: newest.id, side: 'none' }, 'replace');
  }, [newest]);
  return null;
}
