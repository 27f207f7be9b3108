/** The whole page: which screen the session and the address call for, inside what every screen needs. */
import { type FunctionComponent, lazy, Suspense, useEffect, useState } from 'react';
import type { Messenger } from '../core/model.ts';
import { Mark } from './brand/mark.tsx';
import { SpeechContext, useSpeech } from './i18n/index.ts';
import { useLook } from './look.ts';
import { MessengerContext, useMessenger } from './messenger-context.ts';
import { Rooms } from './rooms.tsx';
import { useRoute } from './route.ts';
import { ErrorBoundary } from './ui/error-boundary.tsx';
import { Toasts } from './ui/toasts.tsx';
import { useValue } from './use-value.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/app.css';
import './brand/mark.css';

/** Whoever is signed in never needs it. Fetched while the server is asked whether somebody is. */
const loadDoor = () => import('./enter/enter-screen.tsx');
const EnterScreen = lazy(() => loadDoor().then((module) => ({ default: module.EnterScreen })));

/** Also brings in what floats (popovers, menus) right after the first paint. */
const TooltipLayer = lazy(() =>
  import('./ui/tooltip-layer.tsx').then(
    (module): { default: FunctionComponent } => ({ default: module.TooltipLayer }),
    // A page without tooltips is still a page.
    (): { default: FunctionComponent } => ({ default: () => null }),
  ),
);

export function App({ messenger }: { messenger: Messenger }) {
  const speech = useLook(useValue(messenger.preferences));
  return (
    <MessengerContext value={messenger}>
      <SpeechContext value={speech}>
        <ErrorBoundary>
          <Screen />
        </ErrorBoundary>
        <Toasts />
        <Suspense fallback={null}>
          <TooltipLayer />
        </Suspense>
      </SpeechContext>
    </MessengerContext>
  );
}

function Screen() {
  const session = useValue(useMessenger().session);
  const route = useRoute();
  // Who came through the door with an invite has said yes to it already.
  const [cameIn, setCameIn] = useState(false);
  if (session.state === 'signed-out' && !cameIn) setCameIn(true);
  switch (session.state) {
    case 'unknown':
      return <Starting />;
    case 'signed-out':
      return (
        <Suspense fallback={<Starting />}>
          <EnterScreen
            reason={session.reason}
            code={route.screen === 'invite' ? route.code : null}
            joining={route.screen === 'join'}
          />
        </Suspense>
      );
    case 'signed-in':
      return <Rooms me={session.me} cameIn={cameIn} />;
  }
}

/** Usually gone before it is seen; so nothing is drawn in the first moment. */
function Starting() {
  const { t } = useSpeech();
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    // Without success now, the door fetches itself.
    loadDoor().catch(() => undefined);
    const timer = setTimeout(() => setSlow(true), 400);
    return () => clearTimeout(timer);
  }, []);
  return <main className="starting">{slow && <Mark size={72} label={t.common.loading} />}</main>;
}
