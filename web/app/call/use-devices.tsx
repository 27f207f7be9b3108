/** The microphones and cameras to choose from, as entries of a menu. */
import { Check, Mic, Video } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useMessenger } from '../messenger-context.ts';
import type { MenuEntry } from '../ui/menu-popup.tsx';
import { say } from '../ui/toasts.tsx';
import { useCallWords } from './words.ts';

export function useDevices(): MenuEntry[] {
  const words = useCallWords();
  const { calls } = useMessenger();
  const [devices, setDevices] = useState<readonly MediaDeviceInfo[]>([]);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    let here = true;
    const read = () => {
      void calls.devices().then((found) => here && setDevices(found));
    };
    read();
    const end = calls.onDevices(read);
    return () => {
      here = false;
      end();
    };
  }, [calls]);

  const choose = (device: MediaDeviceInfo, kind: 'audio' | 'video', others: readonly MediaDeviceInfo[]) => {
    void calls.choose(kind, device.deviceId).then((problem) => {
      if (problem) return say({ text: words.problem[problem], key: 'call-problem', urgent: true });
      const rest = [...chosen].filter((id) => !others.some(({ deviceId }) => deviceId === id));
      setChosen(new Set([...rest, device.deviceId]));
    });
  };
  const entriesOf = (kind: 'audio' | 'video', word: string): MenuEntry[] => {
    const found = devices.filter((device) => device.kind === `${kind}input`);
    return found.map((device, index) => ({
      label: device.label === '' ? `${word} ${index + 1}` : device.label,
      icon: chosen.has(device.deviceId) ? (
        <Check size={16} />
      ) : kind === 'audio' ? (
        <Mic size={16} />
      ) : (
        <Video size={16} />
      ),
      run: () => choose(device, kind, found),
    }));
  };
  return [...entriesOf('audio', words.microphone), ...entriesOf('video', words.camera)];
}
