/** This side's microphone, camera and screen during a call: opens them, switches between them, and lets go of them. */
import type { CallProblem } from '../model.ts';
import type { MediaAccess } from '../platform.ts';
import type { CallKind, MediaState } from '../wire/call-control.ts';
import type { Outgoing } from './media-line.ts';

export interface LocalMedia {
  /** A video call without a camera becomes one with sound only; that and nothing else is not a failure. */
  open(kind: CallKind): Promise<CallProblem | null>;
  close(): void;
  state(): MediaState;
  tracks(): Outgoing;
  setMuted(muted: boolean): void;
  setCamera(on: boolean): Promise<CallProblem | null>;
  setScreen(on: boolean): Promise<CallProblem | null>;
  choose(kind: 'audio' | 'video', deviceId: string): Promise<CallProblem | null>;
}

const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };

/** `onChange` runs after every change of what is sent, also one that the browser made (sharing stopped, camera unplugged). */
export function createLocalMedia(access: MediaAccess | null, onChange: () => void): LocalMedia {
  let audio: MediaStreamTrack | null = null;
  let camera: MediaStreamTrack | null = null;
  let screen: MediaStreamTrack | null = null;
  let muted = false;
  const chosen: { audio?: string; video?: string } = {};
  /** Raised by `close`, so that a permission granted after the call's end opens nothing. */
  let generation = 0;

  const constraintOf = (kind: 'audio' | 'video'): MediaTrackConstraints => ({
    ...(kind === 'video' ? PICTURE : {}),
    ...(chosen[kind] === undefined ? {} : { deviceId: { exact: chosen[kind] } }),
  });

  async function get(constraints: MediaStreamConstraints): Promise<MediaStream | CallProblem> {
    if (!access) return 'insecure';
    const asked = generation;
    try {
      const stream = await access.user(constraints);
      if (asked === generation) return stream;
      for (const track of stream.getTracks()) track.stop();
      return 'refused';
    } catch (error) {
      return problemOf(error, constraints.video !== undefined && constraints.audio === undefined);
    }
  }

  function takeCamera(track: MediaStreamTrack | null): void {
    camera?.stop();
    camera = track;
    track?.addEventListener('ended', () => {
      if (camera !== track) return;
      camera = null;
      onChange();
    });
  }

  async function open(kind: CallKind): Promise<CallProblem | null> {
    const both =
      kind === 'video' ? await get({ audio: constraintOf('audio'), video: constraintOf('video') }) : null;
    // Both are refused together when one is missing, so the sound is asked for alone.
    const got =
      both === null || both === 'missing' || both === 'in-use'
        ? await get({ audio: constraintOf('audio') })
        : both;
    if (typeof got === 'string') return got;
    muted = false;
    audio?.stop();
    audio = got.getAudioTracks()[0] ?? null;
    takeCamera(got.getVideoTracks()[0] ?? null);
    onChange();
    return audio ? null : 'missing';
  }

  async function setCamera(on: boolean): Promise<CallProblem | null> {
    if (on === (camera !== null)) return null;
    if (on) {
      const got = await get({ video: constraintOf('video') });
      if (typeof got === 'string') return got;
      takeCamera(got.getVideoTracks()[0] ?? null);
    } else takeCamera(null);
    onChange();
    return null;
  }

  async function setScreen(on: boolean): Promise<CallProblem | null> {
    if (!on) {
      screen?.stop();
      screen = null;
      onChange();
      return null;
    }
    if (!access) return 'insecure';
    const asked = generation;
    const stream = await access.display().catch((error: unknown) => problemOf(error, true));
    // Closing the browser's own dialog is an answer, not a problem.
    if (stream === 'refused') return null;
    if (typeof stream === 'string') return stream;
    const track = stream.getVideoTracks()[0] ?? null;
    if (asked !== generation || !track) {
      for (const each of stream.getTracks()) each.stop();
      return null;
    }
    // Text must stay legible; a slide may be late.
    track.contentHint = 'detail';
    track.addEventListener('ended', () => void (screen === track && setScreen(false)));
    screen?.stop();
    screen = track;
    onChange();
    return null;
  }

  async function choose(kind: 'audio' | 'video', deviceId: string): Promise<CallProblem | null> {
    chosen[kind] = deviceId;
    if (kind === 'video') {
      if (!camera) return null;
      const got = await get({ video: constraintOf('video') });
      if (typeof got === 'string') return got;
      takeCamera(got.getVideoTracks()[0] ?? null);
    } else {
      const got = await get({ audio: constraintOf('audio') });
      if (typeof got === 'string') return got;
      audio?.stop();
      audio = got.getAudioTracks()[0] ?? null;
      if (audio) audio.enabled = !muted;
    }
    onChange();
    return null;
  }

  return {
    open,
    close() {
      generation += 1;
      for (const track of [audio, camera, screen]) track?.stop();
      audio = camera = screen = null;
    },
    state: () => ({ audio: audio !== null && !muted, video: camera !== null, screen: screen !== null }),
    tracks: () => ({ audio, video: screen ?? camera }),
    setMuted(next) {
      muted = next;
      // A disabled track sends silence, so that the other side hears that the call still is.
      if (audio) audio.enabled = !muted;
      onChange();
    },
    setCamera,
    setScreen,
    choose,
  };
}

function problemOf(error: unknown, pictureOnly: boolean): CallProblem {
  if (!(error instanceof DOMException)) throw error;
  switch (error.name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'refused';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return pictureOnly ? 'no-camera' : 'missing';
    default:
      return 'in-use';
  }
}
