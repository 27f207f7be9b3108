/** What keys and trust put over the page, each loaded when it is first needed: a locked device, the comparison of emoji. */
import { lazy, Suspense } from 'react';
import type { Me } from '../../../signaling/protocol/http.ts';
import { useMessenger } from '../messenger-context.ts';
import { useValue } from '../use-value.ts';

const DeviceBanner = lazy(() =>
  import('./device-banner.tsx').then((module) => ({ default: module.DeviceBanner })),
);
const VerificationDialog = lazy(() =>
  import('./verification-dialog.tsx').then((module) => ({ default: module.VerificationDialog })),
);

export function SecurityLayer({ me }: { me: Me }) {
  const { state, verification } = useMessenger().security;
  const device = useValue(state);
  const current = useValue(verification);
  const troubled = device.state === 'needs-restore' || device.state === 'failed';
  return (
    <>
      <div role="status">
        <Suspense fallback={null}>{troubled && <DeviceBanner me={me} security={device} />}</Suspense>
      </div>
      <Suspense fallback={null}>
        {current !== null && <VerificationDialog key={current.userId} verification={current} me={me} />}
      </Suspense>
    </>
  );
}
