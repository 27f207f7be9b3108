/** The room of a call: the other person fills it, everything else keeps out of the way. */
import { MicOff } from 'lucide-react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import type { CallView } from '../../core/model.ts';
import { useSpeech } from '../i18n/index.ts';
import { Avatar } from '../ui/avatar.tsx';
import { useSeconds } from '../ui/use-now.ts';
import { CallControls } from './call-controls.tsx';
import { OwnPicture } from './own-picture.tsx';
import { Picture } from './picture.tsx';
import { useCallWords } from './words.ts';
import './call-room.css';

interface CallRoomProps {
  readonly call: CallView;
  readonly friendName: string;
}

export function CallRoom({ call, friendName }: CallRoomProps) {
  const words = useCallWords();
  const room = useRef<HTMLDivElement>(null);
  const fullScreen = useFullScreen();
  const seen = call.receiving !== null && (call.receiving.video || call.receiving.screen);
  const quiet = useQuiet(room, seen);
  useEffect(() => room.current?.focus(), []);
  return (
    <div
      ref={room}
      className="call-room"
      role="region"
      aria-label={words.region(friendName)}
      tabIndex={-1}
      data-quiet={quiet || undefined}
      data-seen={seen || undefined}
    >
      <Picture
        stream={call.remote}
        label={words.theirPicture(friendName)}
        className="their-picture"
        hidden={!seen}
      />
      {!seen && <Avatar id={call.friendId} name={friendName} size="large" />}
      <div className="call-head">
        <h2 className="clip">
          <bdi>{friendName}</bdi>
        </h2>
        <p role="status">
          <Standing call={call} friendName={friendName} />
        </p>
      </div>
      {call.own !== null && <OwnPicture stream={call.own} mirrored={!call.sending.screen} />}
      <CallControls call={call} fullScreen={fullScreen.on} onFullScreen={fullScreen.toggle} />
    </div>
  );
}

function Standing({ call, friendName }: CallRoomProps) {
  const { format } = useSpeech();
  const words = useCallWords();
  const now = useSeconds();
  if (call.phase === 'ringing-out') return call.heard ? words.ringing : words.calling;
  if (call.phase === 'connecting') return words.connecting;
  if (!call.linked) return words.reconnecting;
  return (
    <>
      <span className="call-clock">{format.clock(Math.max(0, now - (call.since ?? now)) / 1_000)}</span>
      {call.receiving?.screen === true && <span>{words.theirScreen(friendName)}</span>}
      {call.receiving?.audio === false && (
        <span className="call-muted">
          <MicOff size={14} aria-hidden="true" /> {words.theirMuted(friendName)}
        </span>
      )}
    </>
  );
}

const QUIET_AFTER_MS = 3_000;

/** True when nothing was moved or typed for a while and there is something to look at. */
function useQuiet(room: RefObject<HTMLElement | null>, seen: boolean): boolean {
  const [quiet, setQuiet] = useState(false);
  useEffect(() => {
    const element = room.current;
    if (!element || !seen) {
      setQuiet(false);
      return undefined;
    }
    let timer = 0;
    const stir = () => {
      setQuiet(false);
      clearTimeout(timer);
      timer = window.setTimeout(() => setQuiet(true), QUIET_AFTER_MS);
    };
    stir();
    const events = ['pointermove', 'pointerdown', 'keydown', 'focusin'] as const;
    for (const name of events) element.addEventListener(name, stir);
    window.addEventListener('keydown', stir);
    return () => {
      clearTimeout(timer);
      for (const name of events) element.removeEventListener(name, stir);
      window.removeEventListener('keydown', stir);
    };
  }, [room, seen]);
  return quiet;
}

/** The whole page, which the room covers, so that menus and notices stay in sight. */
function useFullScreen() {
  const [on, setOn] = useState(false);
  useEffect(() => {
    const follow = () => setOn(document.fullscreenElement !== null);
    document.addEventListener('fullscreenchange', follow);
    return () => {
      document.removeEventListener('fullscreenchange', follow);
      if (document.fullscreenElement) void document.exitFullscreen();
    };
  }, []);
  const toggle = () => {
    const change = on ? document.exitFullscreen() : document.documentElement.requestFullscreen();
    // Refused where a page may not fill the screen: then it stays as it is.
    change.catch(() => undefined);
  };
  return { on, toggle };
}
