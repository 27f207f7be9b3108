/** What is said while one's history moves: between devices, or to a newer form; loaded when it is first needed. */
import { lazy, Suspense } from 'react';
import { useMessenger } from '../messenger-context.ts';
import { useValue } from '../use-value.ts';

const MoveBanner = lazy(() => import('./move-banner.tsx').then((module) => ({ default: module.MoveBanner })));
const AsOfBanner = lazy(() => import('./move-banner.tsx').then((module) => ({ default: module.AsOfBanner })));

const UpgradeScreen = lazy(() =>
  import('./upgrade-screen.tsx').then((module) => ({ default: module.UpgradeScreen })),
);

export function HistoryLayer() {
  const { history } = useMessenger();
  const upgrade = useValue(history.upgrade);
  const move = useValue(history.move);
  return (
    <div role="status">
      <Suspense fallback={null}>
        {upgrade && <UpgradeScreen upgrade={upgrade} />}
        {move?.phase === 'moving' && <MoveBanner direction={move.direction} deviceId={move.deviceId} />}
        {move?.phase === 'complete' && move.asOf !== undefined && <AsOfBanner at={move.asOf} />}
      </Suspense>
    </div>
  );
}
