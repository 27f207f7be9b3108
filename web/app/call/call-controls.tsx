/** What one does in a call: mute, camera, screen, devices, full screen, hang up. */
import {
  Maximize,
  Mic,
  MicOff,
  Minimize,
  PhoneOff,
  ScreenShare,
  ScreenShareOff,
  Settings2,
  Video,
  VideoOff,
} from 'lucide-react';
import type { CallProblem, CallView } from '../../core/model.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { IconButton } from '../ui/button.tsx';
import { MenuButton } from '../ui/menu-button.tsx';
import { say } from '../ui/toasts.tsx';
import { useDevices } from './use-devices.tsx';

interface CallControlsProps {
  readonly call: CallView;
  readonly fullScreen: boolean;
  readonly onFullScreen: () => void;
}

export function CallControls({ call, fullScreen, onFullScreen }: CallControlsProps) {
  const { t } = useSpeech();
  const { calls } = useMessenger();
  const { audio, video, screen } = call.sending;
  const devices = useDevices();
  const tell = (work: Promise<CallProblem | null>) => {
    void work.then((problem) => {
      if (problem) say({ text: t.call.problem[problem], key: 'call-problem', urgent: true });
    });
  };
  return (
    <div className="call-controls">
      <IconButton
        label={audio ? t.call.mute : t.call.unmute}
        icon={audio ? <Mic size={20} /> : <MicOff size={20} />}
        aria-pressed={!audio}
        onClick={() => calls.setMuted(audio)}
      />
      <IconButton
        label={video ? t.call.cameraOff : t.call.cameraOn}
        icon={video ? <Video size={20} /> : <VideoOff size={20} />}
        aria-pressed={!video}
        onClick={() => tell(calls.setCamera(!video))}
      />
      <IconButton
        label={screen ? t.call.stopShare : t.call.share}
        icon={screen ? <ScreenShareOff size={20} /> : <ScreenShare size={20} />}
        aria-pressed={screen}
        onClick={() => tell(calls.setScreen(!screen))}
      />
      <MenuButton label={t.call.devices} icon={<Settings2 size={20} />} entries={devices} />
      <IconButton
        label={fullScreen ? t.call.leaveFullScreen : t.call.fullScreen}
        icon={fullScreen ? <Minimize size={20} /> : <Maximize size={20} />}
        onClick={onFullScreen}
      />
      <IconButton
        className="hang-up"
        label={t.call.hangUp}
        icon={<PhoneOff size={20} />}
        onClick={() => calls.end()}
      />
    </div>
  );
}
