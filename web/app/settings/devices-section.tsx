/** Where one is logged in, and the ways to end that. */
import { Monitor, Smartphone } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import type { Device } from '../../../signaling/protocol/http.ts';
import type { Failure } from '../../core/model.ts';
import { failureText } from '../i18n/failure.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { say, useSayFailure } from '../ui/toasts.tsx';
import { useMinutes } from '../ui/use-now.ts';
import { useSettingsWords } from './words.ts';

export function DevicesSection() {
  const { t, format } = useSpeech();
  const words = useSettingsWords();
  const { account } = useMessenger();
  const sayFailure = useSayFailure();
  const { devices, failure, load } = useDevices();
  if (failure !== null) {
    return (
      <div className="row">
        <p className="spread" role="alert">
          {failureText(failure, t, format)}
        </p>
        <Button onClick={() => void load()}>{t.common.tryAgain}</Button>
      </div>
    );
  }
  if (devices === null) return <p className="quiet">{t.common.loading}</p>;
  const logOut = async (id: string) => {
    const result = await account.logOutDevice(id);
    if (!result.ok) return sayFailure(result.failure);
    say({ text: words.loggedOutDevice });
    await load();
  };
  const logOutOthers = async () => {
    const result = await account.logOutOtherDevices();
    if (!result.ok) return sayFailure(result.failure);
    say({ text: words.loggedOutOthers });
    await load();
  };
  return (
    <>
      <ul className="devices">
        {devices.map((device) => (
          <DeviceRow key={device.id} device={device} onLogOut={() => void logOut(device.id)} />
        ))}
      </ul>
      {devices.length > 1 && (
        <Button className="settings-end" look="danger" onClick={() => void logOutOthers()}>
          {words.logOutOthers}
        </Button>
      )}
    </>
  );
}

function useDevices() {
  const { account } = useMessenger();
  const [devices, setDevices] = useState<readonly Device[] | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const load = useCallback(async () => {
    const result = await account.devices();
    setFailure(result.ok ? null : result.failure);
    if (result.ok) setDevices(result.value.toSorted((a, b) => Number(b.current) - Number(a.current)));
  }, [account]);
  useEffect(() => void load(), [load]);
  return { devices, failure, load };
}

function DeviceRow({ device, onLogOut }: { device: Device; onLogOut: () => void }) {
  const { format } = useSpeech();
  const words = useSettingsWords();
  const now = useMinutes();
  const Icon = /android|iphone|ipad|mobile/i.test(device.name) ? Smartphone : Monitor;
  const seen = device.online ? words.deviceOnline : words.deviceSeen(format.relative(device.lastSeen, now));
  return (
    <li className="row device">
      <Icon size={20} aria-hidden="true" />
      <div className="spread">
        <p>
          <bdi>{device.name}</bdi> {device.current && <span className="tag">{words.thisDevice}</span>}
        </p>
        <p className="quiet">
          {seen} · <bdi>{device.address}</bdi> · {words.version(device.clientVersion)}
        </p>
      </div>
      {!device.current && (
        <Button look="quiet" aria-label={words.logOutDevice(device.name)} onClick={onLogOut}>
          {words.logOut}
        </Button>
      )}
    </li>
  );
}
