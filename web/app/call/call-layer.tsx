/** What a call puts over the page: the question when somebody rings, the room while one talks. Loaded at the first call. */
import { lazy, Suspense, useEffect } from 'react';
import { nameOf, useContacts } from '../contacts/people.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { say } from '../ui/toasts.tsx';
import { useValue } from '../use-value.ts';
import { isLive } from './live.ts';

const Incoming = lazy(() => import('./incoming.tsx').then((module) => ({ default: module.Incoming })));
const CallRoom = lazy(() => import('./call-room.tsx').then((module) => ({ default: module.CallRoom })));

export function CallLayer() {
  const { calls } = useMessenger();
  const call = useValue(calls.current);
  const contacts = useContacts();
  useRingingElsewhere();
  if (!isLive(call)) return null;
  const friend = contacts.get(call.friendId);
  const name = friend === undefined ? '' : nameOf(friend);
  return (
    <Suspense fallback={null}>
      {call.phase === 'ringing-in' ? (
        <Incoming call={call} friendName={name} />
      ) : (
        <CallRoom key={call.friendId} call={call} friendName={name} />
      )}
    </Suspense>
  );
}

/** Calls are taken in the tab that leads; whoever looks at another one must hear of it. */
function useRingingElsewhere(): void {
  const { t } = useSpeech();
  const friendId = useValue(useMessenger().calls.ringingElsewhere);
  const friend = useContacts().get(friendId ?? '');
  const text = friend && t.call.ringsElsewhere(nameOf(friend));
  useEffect(() => {
    if (text !== undefined) say({ text, key: 'rings-elsewhere', urgent: true });
  }, [text]);
}
