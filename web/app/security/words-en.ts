/** The sentences about trust and keys in English. Not in en.ts, because what shows them is loaded only when needed. */
import type { Trust, Verification } from '../../core/model.ts';
import { isolate } from '../i18n/isolate.ts';

type Why = Extract<Verification['phase'], { at: 'ended' }>['why'];

export const securityEn = {
  friend: {
    title: 'End-to-end encryption',
    state: {
      unknown: 'Not known yet',
      'first-use': 'Not compared yet',
      verified: 'Verified',
      changed: 'Identity changed',
      disproved: 'Somebody stands in between',
    } satisfies Record<Trust, string>,
    says: {
      unknown: (friend: string) =>
        `This browser has not seen ${isolate(friend)}’s keys yet. They come by themselves once ${isolate(friend)} has opened Holler.`,
      'first-use': (friend: string) =>
        `Only you and ${isolate(friend)} can read what you write. To be sure that it really is ${isolate(friend)}, compare seven emoji once.`,
      verified: (friend: string) =>
        `You compared emoji, or met by a link whose secret only you two know. Nobody can stand between you and ${isolate(friend)} unnoticed.`,
      changed: (friend: string) =>
        `${isolate(friend)}’s keys are not the ones you knew. Nothing is sent until you decide.`,
      disproved: (friend: string) =>
        `The keys you see are not those of whoever has your invite link’s secret. Nothing is sent to ${isolate(friend)} until you decide.`,
    } satisfies Record<Trust, (friend: string) => string>,
    compare: 'Compare emoji',
    mustBeOnline: (friend: string) => `For this, ${isolate(friend)} must be online.`,
  },
  changed: {
    title: (friend: string) => `${isolate(friend)}’s identity has changed`,
    text: (friend: string) =>
      `Perhaps ${isolate(friend)} has a new device and lost the old keys. But it may also be somebody in between who pretends to be ${isolate(friend)}. Nothing is sent until you decide.`,
    advice: (friend: string) =>
      `The safe way: call ${isolate(friend)} some other way, or meet, and compare emoji.`,
    goOn: 'Continue anyway',
    sureTitle: 'Continue without comparing?',
    sureText: (friend: string) =>
      `If this is not ${isolate(friend)}, a stranger reads everything that you write from now on. Nobody else can check that for you.`,
  },
  disproved: {
    title: (friend: string) => `Somebody stands between you and ${isolate(friend)}`,
    text: (friend: string) =>
      `You met by a link with a secret in it, and both pages checked each other by it. The check failed: the keys that come under ${isolate(friend)}’s name are somebody else’s. Nothing is sent until you decide.`,
  },
  compare: {
    titleFriend: (friend: string) => `Verify ${isolate(friend)}`,
    titleDevice: 'Verify your other device',
    askedFriend: (friend: string) =>
      `${isolate(friend)} wants to be sure that it is you. You scan a code, or both of you see seven emoji. If they are the same, nobody stands between you.`,
    askedDevice:
      'Another device is logged in as you and asks to be trusted. Agree only if it is yours and you have it at hand.',
    how: 'Do it while you talk on the phone or in a call, or sit side by side. Not by message: that is what is being checked.',
    howDevice: 'Hold both devices side by side.',
    agree: 'Compare',
    waitingFriend: (friend: string) => `Waiting for ${isolate(friend)}`,
    waitingDevice: 'Waiting for your other device',
    waitingText: 'It goes on by itself as soon as there is an answer over there. Leave this open.',
    choose: (friend: string) =>
      `Are you side by side? Then let ${isolate(friend)} scan this code, or scan theirs.`,
    chooseDevice: 'Scan this code with your other device, or scan the one that it shows.',
    show: (friend: string) => `Are you side by side? Then let ${isolate(friend)} scan this code.`,
    showDevice: 'Scan this code with your other device.',
    apart: 'Far apart? Compare emoji while you talk on the phone.',
    codeLabel: 'Code for the other side to scan',
    scan: 'Scan their code',
    scanDevice: 'Scan its code',
    scanning: (friend: string) => `Hold ${isolate(friend)}’s code up to the camera.`,
    scanningDevice: 'Hold the code on your other device up to the camera.',
    otherCode: 'That is a different code. Scan the one that Holler shows over there.',
    showCode: 'Show my code',
    camera: 'Picture of the camera',
    noCamera: 'The camera cannot be used. Let the other side scan this code, or compare emoji.',
    emoji: 'Compare emoji',
    scanned: (friend: string) => `Did ${isolate(friend)} scan your code just now?`,
    scannedDevice: 'Did your other device scan this code just now?',
    scannedText: 'Somebody did. Say yes only if you saw it.',
    notScanned: 'No',
    yesScanned: 'Yes',
    question: (friend: string) => `Does ${isolate(friend)} see these, in this order?`,
    questionDevice: 'Does your other device show these, in this order?',
    same: 'They match',
    different: 'They don’t match',
    doneTitle: 'Verified',
    doneFriend: (friend: string) =>
      `${isolate(friend)} is verified. The shield beside the name says so from now on.`,
    doneDevice: 'Both of your devices trust each other now.',
    endedTitle: {
      declined: 'Not now',
      different: 'That does not match',
      timeout: 'That took too long',
      failed: 'That did not work',
    } satisfies Record<Why, string>,
    ended: {
      declined: 'The other side did not want to compare now. Nothing has changed.',
      different:
        'Somebody may stand between you. Write nothing secret here, and ask your friend some other way what happened.',
      timeout: 'There was no answer from the other side. You both need to have Holler open.',
      failed: 'The two pages did not come to an end with it. Nothing has changed. Try again.',
    } satisfies Record<Why, string>,
    differentDevice:
      'Then that is not your device, or somebody stands between. Log out the devices that you do not know, and change your password.',
  },
  banner: {
    locked: 'Your keys are not on this device yet, so your friends do not get what you write here.',
    failed: 'Encryption could not start, so nothing can be sent. Reload the page to try again.',
  },
  device: {
    title: 'Security',
    starting: 'This device’s keys are being made ready.',
    failed: 'Encryption could not start',
    failedText: 'Nothing can be sent. Your friends and your history are here.',
    ready: 'Your friends can trust this device',
    readyText: 'What you write is encrypted here, for your friends’ devices and your own other ones.',
    guest: 'Your keys are in this browser only, and go when you log out.',
    password: 'Your password',
    recoverable: 'On a new device, your password alone brings your keys back.',
    notRecoverable: 'Your password alone does not bring your keys back on a new device.',
    hasCode: 'There is a recovery code. It brings your keys back when you forgot the password.',
    noCode:
      'There is no recovery code. If you forget your password, your keys are gone, and friends will be warned of new ones.',
    makeCode: 'Make a recovery code',
    makeNewCode: 'Make a new recovery code',
  },
  restore: {
    title: 'Unlock this device',
    text: 'Your keys are not on this device yet. Until they are, your friends’ devices do not trust it, and do not get what you write here.',
    password: 'Your password',
    code: 'Recovery code',
    codeHint: 'Capitals, spaces and dashes do not matter.',
    unlock: 'Unlock',
    useCode: 'Use the recovery code instead',
    usePassword: 'Use the password instead',
    wrongPassword: 'That is not your password.',
    wrongCode:
      'That is not the recovery code. Check it letter by letter; a newer one may have taken its place.',
    unlocked: 'This device is unlocked. Your friends can trust it.',
    others: 'Other ways',
    byDevice: 'Compare with another device',
    byDeviceHint: 'Open Holler on a device that you use already. It asks there.',
    startOver: 'Start over with new keys',
    startOverTitle: 'Start over with new keys?',
    startOverText:
      'Only if there is no other way. Your friends are warned that your identity changed, and have to accept it. What waits for this account under the old keys cannot be read any more; old messages stay only on the devices that hold them.',
    startOverAction: 'Make new keys',
    startedOver: 'You have new keys. Your friends are told.',
  },
  code: {
    title: 'Recovery code',
    sheet: 'Recovery code for Holler',
    text: 'With it you get your keys back on a new device when you forgot the password. Whoever has it can do that too.',
    replaces: 'The code that you have stops working.',
    make: 'Make the code',
    shown:
      'Write it down, print it or put it into a password manager. It is not shown again, and an older one does not work any more.',
    label: 'Your recovery code',
    saveFile: 'Save as a file',
    fileName: 'Holler recovery code.txt',
    print: 'Print',
    done: 'I have kept it',
  },
};

export type SecurityWords = typeof securityEn;
