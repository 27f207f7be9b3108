/** The sentences about files in English. Not in en.ts, because what shows them is loaded only when needed. */
import type { StopReason } from '../../core/model.ts';
import { isolate } from '../i18n/isolate.ts';

export const fileEn = {
  offeredIn: (friend: string) => `${isolate(friend)} wants to send you this.`,
  offeredOut: (friend: string) => `Waits for ${isolate(friend)} to accept. Keep this page open.`,
  offeredAway: (friend: string) => `Will be sent when ${isolate(friend)} is here. Keep this page open.`,
  waitsOut: (friend: string) => `Waits on the server, sealed, until ${isolate(friend)} is back.`,
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
  bar: (name: string) => `Progress of ${isolate(name)}`,
  notHere: 'This file is not in the browser any more.',
  notInGroups: 'Files cannot be sent to a group yet. Send them to each friend.',
  insecure:
    'This page was opened without HTTPS, so the browser lets it neither send nor receive files. Open it at its https address.',
  leaving: {
    title: 'Files on their way to the server',
    starting: (friend: string) => `Goes to the server, sealed, to wait there for ${isolate(friend)}.`,
    cancel: (name: string) => `Do not send ${isolate(name)}`,
    putAway: (name: string) => `Put away the note about ${isolate(name)}`,
    tooLarge: (limit: string, friend: string) =>
      `At most ${limit} may wait on the server, so it will be sent when ${isolate(friend)} is here. Keep this page open.`,
    full: (friend: string) =>
      `There is no more room on the server for files that wait for ${isolate(friend)}, so it will be sent when they are here. Keep this page open.`,
    refused: (friend: string) =>
      `It cannot wait on the server, so it will be sent when ${isolate(friend)} is here. Keep this page open.`,
  },
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
    unreadable: (friend: string) => `${isolate(friend)}’s file could not be read any more. Ask for it again.`,
    corrupt: (friend: string) => `It kept arriving damaged at ${isolate(friend)}.`,
    gone: (friend: string) => `${isolate(friend)}’s page was closed or reloaded. Ask for it again.`,
    taken: (_friend: string) => 'It went to another device of yours.',
    protocol: (_friend: string) =>
      'The two pages did not understand each other. Reload both and send it again.',
    insecure: (friend: string) => `${isolate(friend)}’s browser cannot receive files.`,
  } satisfies Record<StopReason, (friend: string) => string>,
};

export type FileWords = typeof fileEn;
