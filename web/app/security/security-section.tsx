/** In the settings: whether friends can trust this device, and how the keys come back on a new one. */
import { KeyRound, ShieldAlert, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import type { Me } from '../../../signaling/protocol/http.ts';
import type { SecurityState } from '../../core/model.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { SettingRow } from '../settings/setting-row.tsx';
import { Button } from '../ui/button.tsx';
import { useValue } from '../use-value.ts';
import { RecoveryCode } from './recovery-code.tsx';
import { Restore } from './restore.tsx';
import { useSecurityWords } from './words.ts';

export function SecuritySection({ me }: { me: Me }) {
  const { t } = useSpeech();
  const { device } = useSecurityWords();
  const security = useValue(useMessenger().security.state);
  switch (security.state) {
    case 'starting':
      return <p className="quiet">{device.starting}</p>;
    case 'failed':
      return (
        <SettingRow icon={ShieldAlert} name={device.failed} text={device.failedText}>
          <Button onClick={() => location.reload()}>{t.common.reload}</Button>
        </SettingRow>
      );
    case 'needs-restore':
      return <Restore me={me} ways={security} />;
    case 'ready':
      return <Ready me={me} security={security} />;
  }
}

interface ReadyProps {
  readonly me: Me;
  readonly security: Extract<SecurityState, { state: 'ready' }>;
}

function Ready({ me, security }: ReadyProps) {
  const { device, code } = useSecurityWords();
  const [making, setMaking] = useState(false);
  const guest = me.kind === 'guest';
  return (
    <>
      <SettingRow
        icon={ShieldCheck}
        good
        name={device.ready}
        text={guest ? device.guest : device.readyText}
      />
      {!guest && (
        <SettingRow
          icon={KeyRound}
          name={code.title}
          text={security.recoverable ? device.recoverable : device.notRecoverable}
        >
          <p className="quiet">{security.code ? device.hasCode : device.noCode}</p>
          <Button onClick={() => setMaking(true)}>
            {security.code ? device.makeNewCode : device.makeCode}
          </Button>
          {making && <RecoveryCode me={me} replaces={security.code} onClose={() => setMaking(false)} />}
        </SettingRow>
      )}
    </>
  );
}
