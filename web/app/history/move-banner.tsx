/** One's history on its way between two devices: which one, how far, and the way to end it. */
import { History } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { HistoryMove } from '../../core/history-model.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { useValue } from '../use-value.ts';
import { useHistoryWords } from './words.ts';
import './move-banner.css';

export function MoveBanner({ direction, deviceId }: Pick<HistoryMove, 'direction' | 'deviceId'>) {
  const { t } = useSpeech();
  const words = useHistoryWords();
  const { history } = useMessenger();
  const device = useDeviceName(deviceId) ?? words.move.otherDevice;
  const from = deviceId === null ? words.snapshot.fetching : words.move.fetching(device);
  const text = direction === 'in' ? from : words.move.giving(device);
  return (
    <div className="banner move-banner">
      <History size={16} aria-hidden="true" />
      <div className="spread move">
        <p>{text}</p>
        <Progress name={text} />
      </div>
      {direction === 'in' && (
        <Button look="quiet" onClick={() => history.cancelFetch()}>
          {t.common.cancel}
        </Button>
      )}
    </div>
  );
}

/** Stays until it was read: what is newer than the sealed copy is not here. */
export function AsOfBanner({ at }: { at: number }) {
  const { t, format } = useSpeech();
  const words = useHistoryWords();
  const [read, setRead] = useState(false);
  if (read) return null;
  return (
    <div className="banner move-banner">
      <History size={16} aria-hidden="true" />
      <p className="spread">{words.snapshot.asOf(format.full(at))}</p>
      <Button look="quiet" onClick={() => setRead(true)}>
        {t.common.close}
      </Button>
    </div>
  );
}

/** Hidden from screen readers but for the bar, or they would hear every step of it. */
function Progress({ name }: { name: string }) {
  const { format } = useSpeech();
  const words = useHistoryWords();
  const move = useValue(useMessenger().history.move);
  if (move === null) return null;
  const { done, total } = move;
  return (
    <>
      <ProgressBar label={name} done={done} total={total} />
      <p className="quiet" aria-hidden="true">
        {words.progress(format.number(done), format.number(total))}
      </p>
    </>
  );
}

function useDeviceName(id: string | null): string | null {
  const { account } = useMessenger();
  const [name, setName] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    if (id === null) return;
    void account.devices().then((devices) => {
      const found = devices.ok ? devices.value.find((device) => device.id === id) : undefined;
      if (current && found) setName(found.name);
    });
    return () => {
      current = false;
    };
  }, [account, id]);
  return name;
}
