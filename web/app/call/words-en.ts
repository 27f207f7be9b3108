/** The sentences of calls in English. Not in en.ts, because what shows them is loaded only when needed. */
import type { CallOutcome, CallProblem } from '../../core/model.ts';
import { isolate } from '../i18n/isolate.ts';

type Voice = 'voice' | 'video';

export const callEn = {
  voice: 'Voice call',
  video: 'Video call',
  ring: (friend: string, kind: Voice) =>
    kind === 'video' ? `Video call with ${isolate(friend)}` : `Voice call with ${isolate(friend)}`,
  region: (friend: string) => `Call with ${isolate(friend)}`,
  calling: 'Calling',
  ringing: 'Ringing',
  connecting: 'Connecting',
  reconnecting: 'The connection was lost. It is being mended.',
  incoming: (kind: Voice): string =>
    kind === 'video' ? 'wants to see and talk to you' : 'wants to talk to you',
  answer: 'Answer',
  answerVideo: 'Answer with camera',
  answerVoice: 'Answer: voice only',
  voiceOnly: 'Voice only',
  decline: 'Decline',
  hangUp: 'Hang up',
  mute: 'Mute',
  unmute: 'Unmute',
  cameraOn: 'Camera on',
  cameraOff: 'Camera off',
  share: 'Share screen',
  stopShare: 'Stop sharing',
  fullScreen: 'Full screen',
  leaveFullScreen: 'Leave full screen',
  devices: 'Microphone and camera',
  microphone: 'Microphone',
  camera: 'Camera',
  ownPicture: 'Your picture. Drag it, or move it with the arrow keys.',
  theirPicture: (friend: string) => `${isolate(friend)}’s picture`,
  theirMuted: (friend: string) => `${isolate(friend)} is muted`,
  theirScreen: (friend: string) => `${isolate(friend)} shares a screen`,
  callBack: 'Call back',
  outcome: {
    'no-answer': 'no answer',
    cancelled: 'cancelled',
    missed: 'missed',
    declined: 'declined',
    busy: 'busy',
    elsewhere: 'answered on another device',
    lost: 'the connection failed',
    'no-media': 'no microphone',
  } satisfies Record<Exclude<CallOutcome, 'talked'>, string>,
  problem: {
    insecure:
      'This page was opened without HTTPS, so the browser gives it no microphone. Open it at its https address.',
    refused:
      'The browser did not let Holler use your microphone or camera. Allow them in its site settings, then call again.',
    missing: 'No microphone was found. Plug one in, then call again.',
    'no-camera': 'No camera was found. Plug one in, then try again.',
    'in-use': 'Another program is using your microphone or camera. Close it there, then try again.',
    'other-tab':
      'Holler is open in several tabs, and calls run in the one you opened first. Go there to call.',
  } satisfies Record<CallProblem, string>,
};

export type CallWords = typeof callEn;
