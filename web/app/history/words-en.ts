/** The sentences about history as a file and on other devices, in English. Not in en.ts, because what shows them is loaded only when needed. */
import type { HistoryProblem, HistoryUpgrade, SnapshotProblem } from '../../core/history-model.ts';
import { isolate } from '../i18n/isolate.ts';

export const historyEn = {
  title: 'History',
  insecure:
    'This page was not loaded by HTTPS, so the browser gives it no ciphers to seal a file with. Open Holler at its https:// address for that.',
  save: {
    name: 'Keep a copy',
    text: 'All conversations of this browser in one file that only your passphrase opens. Files that were sent are not in it.',
    action: 'Save as a file',
    title: 'Save your history as a file',
    passphrase: 'Passphrase for the file',
    hint: 'You need it to open the file. Nobody can find it out for you.',
    weak: 'This passphrase is too easy to guess. Whoever gets the file can try as often as they like.',
    start: 'Save',
    running: 'Sealing your history',
    fileName: (day: string) => `Holler history ${day}.holler`,
    done: 'Your history is on its way to your downloads.',
  },
  open: {
    name: 'Bring in a file',
    text: 'What is in the file is added to what is here. Nothing is lost or doubled.',
    action: 'Open a file',
    title: 'Bring in a history',
    file: 'File',
    choose: 'Choose a file',
    passphrase: 'Its passphrase',
    start: 'Bring in',
    running: 'Bringing in your history',
    done: (count: number, number: string) =>
      count === 0 ? 'Everything in the file was here already.' : `${number} messages came in.`,
    otherTitle: 'From another account',
    other: (name: string) =>
      `This file holds the history of ${isolate(name)}, another account. Its conversations would stand among yours as if you had written what ${isolate(name)} wrote.`,
    anyway: 'Bring it in anyway',
  },
  move: {
    otherDevice: 'another device',
    fetching: (device: string) => `Fetching your history from ${isolate(device)}`,
    giving: (device: string) => `Your history is being copied to ${isolate(device)}`,
    name: 'From your other devices',
    text: 'A new device fetches the history by itself when another one is online. Here you can have it fetched again.',
    action: 'Fetch now',
    started: 'It begins as soon as another of your devices is online.',
  },
  upgrade: {
    running: {
      title: 'Updating your history',
      text: 'This happens once, for the new version of Holler. Leave this page open.',
    },
    blocked: {
      title: 'Close the other tabs with Holler',
      text: 'One of them still holds your history, which has to be updated for the new version. This page goes on by itself.',
    },
  } satisfies Record<HistoryUpgrade['state'], { title: string; text: string }>,
  snapshot: {
    name: 'Sealed copy on the server',
    text: 'A new device takes your history from it when none of your others is online. Your account’s own keys seal it, so the server sees how large it is and when it was made, and nothing else. Files that were sent are not in it.',
    keep: 'Keep a copy on the server',
    hint: 'Made anew once a day if something changed. Turned off, it is deleted.',
    refused: 'This server keeps no copies. Whoever runs it can allow them.',
    last: (when: string, size: string) => `Made on ${when}: ${size}.`,
    making: 'Sealing your history and sending it to the server',
    again: 'Make now',
    remove: 'Delete from server',
    fetching: 'Fetching your history from the sealed copy on the server',
    asOf: (when: string) =>
      `Your history is here as it was on ${when}. What is newer comes from another of your devices as soon as one is online.`,
    tooLarge: (size: string) =>
      `Your history is larger than the ${size} that this server keeps. Save it as a file instead.`,
    problems: {
      network: 'The server could not be reached, or could not do it. It is tried again in a minute.',
      refused: 'This server keeps no copies. Whoever runs it can allow them.',
      busy: 'You made too many copies lately. Try again in half an hour.',
      'not-ready':
        'This device does not have your account’s keys yet, so it can seal nothing for your others. Unlock it under Security; then the copy is made.',
      storage: 'This browser has no room left, or keeps nothing in private mode.',
      unreadable:
        'The copy on the server cannot be opened: it was damaged, or made before you started over with new keys. Make a new one on a device that has your history, or delete it.',
    } satisfies Record<Exclude<SnapshotProblem, 'too-large'>, string>,
  },
  progress: (done: string, total: string) => `${done} of ${total} messages`,
  problems: {
    'not-history': 'This is not a history file of Holler.',
    newer: 'A newer Holler made this file. Reload the page and try again.',
    'wrong-passphrase': 'That is not the passphrase of this file.',
    'cut-off':
      'The end of this file is missing. What was there has been brought in; get the whole file for the rest.',
    damaged: 'This file was changed or is damaged. What came before that place has been brought in.',
    cancelled: 'Cancelled. What had come in stays.',
    storage: 'This browser has no room left, or keeps nothing in private mode.',
    network: 'A part of the page could not be loaded. Check your connection and try again.',
  } satisfies Record<HistoryProblem, string>,
};

export type HistoryWords = typeof historyEn;
