/** The sentences about the way to a friend in English. Not in en.ts, because what shows them is loaded only when needed. */
import { digits } from '../i18n/count.ts';

export const pathEn = {
  lineLabel: (word: string) => `Connection: ${word}. Show details`,
  title: 'The way to your friend',
  says: {
    idle: 'The way opens when you start talking.',
    connecting:
      'Looking for the shortest way between your two browsers. What you write meanwhile waits here.',
    direct: 'Your browsers talk straight to each other. No server carries what you write.',
    relayed:
      'Your networks block a direct way, so a relay passes the packets on. It cannot read them. Speed may be lower.',
    server: 'No link opened, so what you write goes through your host’s server, sealed.',
    mailbox:
      'Your friend is offline. What you write waits sealed on the server, and your friend gets it when they come online, even if you are gone by then.',
  },
  why: {
    'link-timeout': 'A link did not open within a few seconds. Holler keeps trying.',
    'link-slow': 'The link is open, but slow or lossy. Holler goes back to it when it is better.',
    'link-failed': 'Both networks refused a link. Holler keeps trying.',
    unsupported: 'One of the two browsers cannot open direct links.',
  },
  sealed: 'Encryption',
  sealedBy: 'End-to-end encrypted: only your devices and your friend’s can read it, not the server.',
  roundTrip: 'Round trip',
  ms: (n: number) => `${digits.format(n)} ms`,
  measuring: 'measuring',
  since: 'Since',
  family: 'Addresses',
  families: { IPv4: 'IPv4', IPv6: 'IPv6', unknown: 'not told by the browser' },
  yourEnd: 'Your end',
  theirEnd: 'Their end',
  candidate: {
    host: 'own address (host)',
    srflx: 'behind a router (srflx)',
    prflx: 'found on the way (prflx)',
    relay: 'relay (TURN)',
  },
  over: (kind: string, protocol: string) => `${kind}, ${protocol}`,
  tryDirect: 'Try a direct way again',
};

export type PathWords = typeof pathEn;
