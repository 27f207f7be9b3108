/** Says when the server is out of reach, what that means, and when it is tried again; says nothing while all is well. */
import { CloudOff, RefreshCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ConnectionState } from '../../core/model.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { useSeconds } from '../ui/use-now.ts';
import { useValue } from '../use-value.ts';
import { reloadIntoUpdate } from '../notices/update.ts';
import './connection-banner.css';

/** A reconnect that takes less than this is nobody's business. */
const GRACE_MS = 1500;

export function ConnectionBanner() {
  const connection = useValue(useMessenger().connection);
  const troubled = useTroubled(connection);
  return (
    <div role="status">
      {connection.state === 'update-required' ? (
        <UpdateRequired />
      ) : (
        troubled && <Trouble connection={connection} />
      )}
    </div>
  );
}

function useTroubled(connection: ConnectionState): boolean {
  const bad = connection.state === 'offline' || (connection.state === 'connecting' && connection.attempt > 0);
  const known = connection.state === 'offline' && connection.reason === 'no-network';
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!bad) return setLate(false);
    const timer = setTimeout(() => setLate(true), GRACE_MS);
    return () => clearTimeout(timer);
  }, [bad]);
  return bad && (late || known);
}

function UpdateRequired() {
  const { t } = useSpeech();
  return (
    <div className="banner banner-warn">
      <RefreshCw size={16} aria-hidden="true" />
      <p className="spread">{t.connection.updateRequired}</p>
      <Button look="quiet" onClick={() => void reloadIntoUpdate()}>
        {t.common.reload}
      </Button>
    </div>
  );
}

function Trouble({ connection }: { connection: ConnectionState }) {
  const { t } = useSpeech();
  const messenger = useMessenger();
  const offline = connection.state === 'offline';
  return (
    <div className="banner">
      <CloudOff size={16} aria-hidden="true" />
      <p className="spread">
        {offline ? t.connection[connection.reason] : t.connection.connecting}{' '}
        {offline && connection.retryAt !== null && <Countdown to={connection.retryAt} />}
      </p>
      {offline && connection.reason !== 'no-network' && (
        <Button look="quiet" onClick={() => messenger.reconnect()}>
          {t.common.tryNow}
        </Button>
      )}
    </div>
  );
}

/** Hidden from screen readers, who would hear every second of it. */
function Countdown({ to }: { to: number }) {
  const { t, format } = useSpeech();
  const seconds = (to - useSeconds()) / 1000;
  return (
    <span aria-hidden="true" className="countdown">
      {seconds > 0 ? t.connection.retryIn(format.inSeconds(seconds)) : t.connection.retrying}
    </span>
  );
}
