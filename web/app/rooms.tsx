/** Everything behind the door: the list, and beside it (or instead of it on a phone) what is chosen. */
import { lazy, Suspense, useDeferredValue, useEffect, useLayoutEffect } from 'react';
import type { Me } from '../../signaling/protocol/http.ts';
import { Mark } from './brand/mark.tsx';
import { CallLayer } from './call/call-layer.tsx';
import { GuestArrival } from './contacts/guest-arrival.tsx';
import { ListPane } from './contacts/list-pane.tsx';
import { AutoSave } from './files/auto-save.tsx';
import { HistoryLayer } from './history/history-layer.tsx';
import { useSpeech } from './i18n/index.ts';
import { useMessenger } from './messenger-context.ts';
import { ConnectionBanner } from './network/connection-banner.tsx';
import { Notices } from './notices/notices.tsx';
import { type Route, useRoute } from './route.ts';
import { SecurityLayer } from './security/security-layer.tsx';
import { ErrorBoundary } from './ui/error-boundary.tsx';
import { Splitter } from './ui/splitter.tsx';
import { useValue } from './use-value.ts';

/** Not needed for the first paint, and brought in right after it. */
const loadChat = () => import('./chat/chat-pane.tsx');
const ChatPane = lazy(() => loadChat().then((module) => ({ default: module.ChatPane })));
const AcceptInvite = lazy(() =>
  import('./contacts/accept-invite.tsx').then((module) => ({ default: module.AcceptInvite })),
);
const JoinGroup = lazy(() =>
  import('./groups/join-group.tsx').then((module) => ({ default: module.JoinGroup })),
);
const SettingsPane = lazy(() =>
  import('./settings/settings-pane.tsx').then((module) => ({ default: module.SettingsPane })),
);

interface RoomsProps {
  readonly me: Me;
  /** They signed in just now, not in an earlier visit. */
  readonly cameIn: boolean;
}

export function Rooms({ me, cameIn }: RoomsProps) {
  const { t } = useSpeech();
  const address = useRoute();
  useHeldLink(address.screen === 'chat' ? address.conversationId : null);
  // Drawn in slices, between which the link takes its first steps.
  const route = useDeferredValue(address);
  // Without success now, the first conversation loads it.
  useEffect(() => void loadChat().catch(() => undefined), []);
  const inside = route.screen === 'chat' || route.screen === 'settings';
  return (
    <div className="rooms">
      <button
        type="button"
        className="skip-link"
        onClick={() => document.querySelector<HTMLElement>('#chosen')?.focus()}
      >
        {t.common.skipToChat}
      </button>
      <ConnectionBanner />
      <SecurityLayer me={me} />
      <HistoryLayer />
      <main className="panes" data-inside={inside || undefined}>
        <h1 className="visually-hidden">{t.notices.title(0)}</h1>
        <ListPane />
        <Splitter label={t.list.resize} />
        <div className="main-pane" id="chosen" tabIndex={-1}>
          <ErrorBoundary key={route.screen}>
            <Suspense fallback={<div className="chat" aria-busy="true" />}>
              <Chosen route={route} me={me} />
            </Suspense>
          </ErrorBoundary>
        </div>
      </main>
      {route.screen === 'invite' &&
        (me.kind === 'guest' ? (
          <GuestArrival />
        ) : (
          <Suspense fallback={null}>
            <AcceptInvite code={route.code} atOnce={cameIn} />
          </Suspense>
        ))}
      {route.screen === 'join' && (
        <Suspense fallback={null}>
          <JoinGroup key={route.code} code={route.code} />
        </Suspense>
      )}
      <CallLayer />
      <AutoSave />
      <Notices />
    </div>
  );
}

/** The link starts with the choice of a friend, before their conversation is drawn. */
function useHeldLink(conversationId: string | null): void {
  const messenger = useMessenger();
  useLayoutEffect(
    () => (conversationId === null ? undefined : messenger.holdLink(conversationId)),
    [messenger, conversationId],
  );
}

function Chosen({ route, me }: { route: Route; me: Me }) {
  if (route.screen === 'settings') return <SettingsPane me={me} />;
  if (route.screen === 'chat') {
    return <ChatPane key={route.conversationId} conversationId={route.conversationId} side={route.side} />;
  }
  return <NothingChosen />;
}

function NothingChosen() {
  const { t } = useSpeech();
  const { contacts } = useValue(useMessenger().people.state);
  return (
    <div className="placeholder">
      <Mark size={88} />
      {contacts.length > 0 && (
        <>
          <h2>{t.list.pickTitle}</h2>
          <p className="quiet">{t.list.pickText}</p>
        </>
      )}
    </div>
  );
}
