/** The sentences about adding and keeping friends in English. Not in en.ts, because what shows them is loaded only when needed. */
import { count } from '../i18n/count.ts';
import { isolate } from '../i18n/isolate.ts';

export const contactEn = {
  add: {
    byName: 'User name',
    byLink: 'Invite link',
    byGuest: 'Guest link',
    nameLabel: 'Their exact user name',
    nameHint: 'They get your request and can accept or decline. Nobody can search for people here.',
    send: 'Send request',
    sent: (name: string) => `If ${isolate(name)} is on this server, they have your request now.`,
    linkText:
      'Whoever opens this link and logs in, or makes an account, is your friend. It works for a while, and you can end it.',
    guestText: 'Whoever opens this link gives a name and talks with you at once, without an account.',
    makeLink: 'Make the link',
    making: 'Making the link',
    linkLabel: 'Your link',
    qrLabel: 'QR code of your link',
    qrHint: (when: string) => `Or let them point a camera at this. The link ends ${when}.`,
    expires: (when: string) => `ends ${when}`,
    existing: 'Links that still work',
    uses: (n: number) => (n === 0 ? 'Not used yet' : `Used ${count(n, 'time', 'times')}`),
    made: (when: string) => `Made ${when}`,
    revoke: 'End it',
    revoked: 'That link does not work any more.',
    shareText: 'Talk to me on Holler:',
  },
  friend: {
    title: 'About your friend',
    userName: 'User name',
    guestNote: 'A guest without an account. They are gone when they close their browser for good.',
    displayName: 'Their own name',
    mute: 'Mute',
    muteHint: 'No notices of what they write. It holds on all your devices, and they do not see it.',
    alias: 'Your name for them',
    aliasHint: 'Only you see it.',
    since: 'Friends since',
    remove: 'Remove friend',
    removeTitle: (name: string) => `Remove ${isolate(name)}?`,
    removeText:
      'You both disappear from each other’s list. They are not told. What was said stays in this browser.',
    block: 'Block',
    blockTitle: (name: string) => `Block ${isolate(name)}?`,
    blockText:
      'They cannot write to you, ask you again or see when you are here. They are not told. You can undo it.',
    removed: (name: string) => `${isolate(name)} is removed.`,
    renamed: 'Name saved.',
    connection: 'Connection',
  },
};

export type ContactWords = typeof contactEn;
