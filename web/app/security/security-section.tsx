/** In the settings: whether friends can trust this device, and how the keys come back on a new one. */
import { KeyRound, ShieldAlert, ShieldCheck } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Me } from '../../../signaling/protocol/http.ts';
import type { SecurityState } from '../../core/model.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { useValue } from '../use-value.ts';
import { RecoveryCode } from './recovery-code.tsx';
import { Restore } from './restore.tsx';
import { useSecurityWords } from './words.ts';
import './security-section.css';

export function SecuritySection({ me }: { me: Me }) {
  const { t } = useSpeech();
  const { device } = useSecurityWords();
  const security = useValue(useMessenger().security.state);
  switch (security.state) {
    case 'starting':
      return <p className="quiet">{device.starting}</p>;
    case 'failed':
      return (
        <Row icon={<ShieldAlert size={20} aria-hidden="true" />}>
          <p>{device.failed}</p>
          <Button onClick={() => location.reload()}>{t.common.reload}</Button>
        </Row>
      );
    case 'needs-restore':
      return <Restore me={me} ways={security} />;
    case 'ready':
      return <Ready me={me} security={security} />;
  }
}

function Row({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <div className="security-row">
      {icon}
      <div className="security-row-body">{children}</div>
    </div>
  );
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
      <Row icon={<ShieldCheck size={20} aria-hidden="true" data-good />}>
        <p className="security-name">{device.ready}</p>
        <p className="quiet">{guest ? device.guest : device.readyText}</p>
      </Row>
      {!guest && (
        <Row icon={<KeyRound size={20} aria-hidden="true" />}>
          <p className="security-name">{code.title}</p>
          <p className="quiet">{security.recoverable ? device.recoverable : device.notRecoverable}</p>
          <p className="quiet">{security.code ? device.hasCode : device.noCode}</p>
          <Button onClick={() => setMaking(true)}>
            {security.code ? device.makeNewCode : device.makeCode}
          </Button>
          {making && <RecoveryCode me={me} replaces={security.code} onClose={() => setMaking(false)} />}
        </Row>
      )}
    </>
  );
}
