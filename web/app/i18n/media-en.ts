/** The sentences about files and calls in English; en.ts takes them in. */
import type { CallOutcome, CallProblem, StopReason } from '../../core/model.ts';
import { isolate } from './isolate.ts';

type Voice = 'voice' | 'video';

export const mediaEn = {
  files: {
    offeredIn: (friend: string) => `${isolate(friend)} wants to send you this.`,
    offeredOut: (friend: string) => `Waits for ${isolate(friend)} to accept. Keep this page open.`,
    opening: 'Getting ready',
    waiting: 'Waits for the connection, then goes on by itself.',
    progress: (done: string, all: string) => `${done} of ${all}`,
    speed: (rate: string) => `${rate}/s`,
    left: (span: string) => `${span} left`,
    stalled: 'nothing is coming through just now',
    finishing: 'Putting it together',
    received: 'Received and checked.',
    receivedKept: 'Received and checked. It is in this browser until you save it.',
    delivered: (friend: string) => `${isolate(friend)} has it.`,
    declinedIn: 'You declined.',
    declinedOut: (friend: string) => `${isolate(friend)} declined.`,
    accept: 'Accept',
    saveAs: 'Save to…',
    decline: 'Decline',
    cancel: 'Cancel',
    save: 'Save',
    tryAgain: 'Try again',
    sendAgain: 'Send it again if it is still wanted.',
    bar: (name: string) => `Progress of ${isolate(name)}`,
    notHere: 'This file is not in the browser any more.',
    insecure:
      'This page was opened without HTTPS, so the browser lets it neither send nor receive files. Open it at its https address.',
    mine: {
      person: 'You cancelled.',
      'storage-full': 'There is no room for it. Free some space, then try again.',
      'storage-failed': 'This browser could not write it. Try again, or save it to another place.',
      unreadable: 'The file could not be read any more. Perhaps it was moved or changed. Send it again.',
      corrupt: 'Parts kept arriving damaged. Try again.',
      gone: 'This page was reloaded, so it no longer holds the file. Send it again if it is still wanted.',
      taken: 'It went to another device.',
      protocol: 'The two pages did not understand each other. Reload both and send it again.',
      insecure:
        'This page was opened without HTTPS, so the browser cannot receive files. Open it at its https address.',
    } satisfies Record<StopReason, string>,
    theirs: {
      person: (friend: string) => `${isolate(friend)} cancelled.`,
      'storage-full': (friend: string) => `${isolate(friend)} has no room for it.`,
      'storage-failed': (friend: string) => `${isolate(friend)}’s browser could not write it.`,
      unreadable: (friend: string) =>
        `${isolate(friend)}’s file could not be read any more. Ask for it again.`,
      corrupt: (friend: string) => `It kept arriving damaged at ${isolate(friend)}.`,
      gone: (friend: string) => `${isolate(friend)}’s page was closed or reloaded. Ask for it again.`,
      taken: (_friend: string) => 'It went to another device of yours.',
      protocol: (_friend: string) =>
        'The two pages did not understand each other. Reload both and send it again.',
      insecure: (friend: string) => `${isolate(friend)}’s browser cannot receive files.`,
    } satisfies Record<StopReason, (friend: string) => string>,
  },
  call: {
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
    ringsElsewhere: (friend: string) =>
      `${isolate(friend)} is calling. Answer in the Holler tab that you opened first.`,
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
    /** Between two parts of one line. */
    comma: ', ',
    entry: (kind: Voice): string => (kind === 'video' ? 'Video call' : 'Voice call'),
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
  },
};

export type MediaWords = typeof mediaEn;
