/** What is said while one's history comes from, or goes to, another device of one's own; loaded when it is first needed. */
import { lazy, Suspense } from 'react';
import { useMessenger } from '../messenger-context.ts';
import { useValue } from '../use-value.ts';

const MoveBanner = lazy(() => import('./move-banner.tsx').then((module) => ({ default: module.MoveBanner })));
const AsOfBanner = lazy(() => import('./move-banner.tsx').then((module) => ({ default: module.AsOfBanner })));

export function HistoryLayer() {
  const move = useValue(useMessenger().history.move);
  return (
    <div role="status">
      <Suspense fallback={null}>
        {move?.phase === 'moving' && <MoveBanner direction={move.direction} deviceId={move.deviceId} />}
        {move?.phase === 'complete' && move.asOf !== undefined && <AsOfBanner at={move.asOf} />}
      </Suspense>
    </div>
  );
}
