/** Says that what is written on this device reaches nobody, and what to do. */
import { KeyRound, ShieldAlert } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { Me } from '../../../signaling/protocol/http.ts';
import type { SecurityState } from '../../core/model.ts';
import { useSpeech } from '../i18n/index.ts';
import { Button } from '../ui/button.tsx';
import { useSecurityWords } from './words.ts';

const RestoreDialog = lazy(() =>
  import('./restore-dialog.tsx').then((module) => ({ default: module.RestoreDialog })),
);

interface DeviceBannerProps {
  readonly me: Me;
  readonly security: Extract<SecurityState, { state: 'needs-restore' | 'failed' }>;
}

export function DeviceBanner({ me, security }: DeviceBannerProps) {
  const { t } = useSpeech();
  const words = useSecurityWords();
  const [unlocking, setUnlocking] = useState(false);
  if (security.state === 'failed') {
    return (
      <div className="banner">
        <ShieldAlert size={16} aria-hidden="true" />
        <p className="spread">{words.banner.failed}</p>
        <Button look="quiet" onClick={() => location.reload()}>
          {t.common.reload}
        </Button>
      </div>
    );
  }
  return (
    <div className="banner">
      <KeyRound size={16} aria-hidden="true" />
      <p className="spread">{words.banner.locked}</p>
      <Button look="quiet" onClick={() => setUnlocking(true)}>
        {words.restore.unlock}
      </Button>
      {unlocking && (
        <Suspense fallback={null}>
          <RestoreDialog me={me} ways={security} onClose={() => setUnlocking(false)} />
        </Suspense>
      )}
    </div>
  );
}
