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
import { useMessenger } from '../messenger-context.ts';
import { IconButton } from '../ui/button.tsx';
import { MenuButton } from '../ui/menu-button.tsx';
import { say } from '../ui/toasts.tsx';
import { useDevices } from './use-devices.tsx';
import { useCallWords } from './words.ts';

interface CallControlsProps {
  readonly call: CallView;
  readonly fullScreen: boolean;
  readonly onFullScreen: () => void;
}

export function CallControls({ call, fullScreen, onFullScreen }: CallControlsProps) {
  const words = useCallWords();
  const { calls } = useMessenger();
  const { audio, video, screen } = call.sending;
  const devices = useDevices();
  const tell = (work: Promise<CallProblem | null>) => {
    void work.then((problem) => {
      if (problem) say({ text: words.problem[problem], key: 'call-problem', urgent: true });
    });
  };
  return (
    <div className="call-controls">
      <IconButton
        label={audio ? words.mute : words.unmute}
        icon={audio ? <Mic size={20} /> : <MicOff size={20} />}
        aria-pressed={!audio}
        onClick={() => calls.setMuted(audio)}
      />
      <IconButton
        label={video ? words.cameraOff : words.cameraOn}
        icon={video ? <Video size={20} /> : <VideoOff size={20} />}
        aria-pressed={!video}
        onClick={() => tell(calls.setCamera(!video))}
      />
      <IconButton
        label={screen ? words.stopShare : words.share}
        icon={screen ? <ScreenShareOff size={20} /> : <ScreenShare size={20} />}
        aria-pressed={screen}
        onClick={() => tell(calls.setScreen(!screen))}
      />
      <MenuButton label={words.devices} icon={<Settings2 size={20} />} entries={devices} />
      <IconButton
        label={fullScreen ? words.leaveFullScreen : words.fullScreen}
        icon={fullScreen ? <Minimize size={20} /> : <Maximize size={20} />}
        onClick={onFullScreen}
      />
      <IconButton
        className="hang-up"
        label={words.hangUp}
        icon={<PhoneOff size={20} />}
        onClick={() => calls.end()}
      />
    </div>
  );
}
