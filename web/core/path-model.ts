/** What the page sees of the way to a friend. */
export interface CandidateView {
  readonly type: 'host' | 'srflx' | 'prflx' | 'relay';
  readonly family: 'IPv4' | 'IPv6' | 'unknown';
  readonly protocol: 'udp' | 'tcp' | 'tls';
}

/** The way messages to a friend take now: the word and details behind "the line". */
export type PathState =
  /** Nobody has asked for a link yet, and the friend is online. */
  | { readonly path: 'idle' }
  | { readonly path: 'connecting'; readonly since: number }
  | {
      readonly path: 'direct' | 'relayed';
      readonly since: number;
      readonly local: CandidateView;
      readonly remote: CandidateView;
      /** Round trip, ms; null until first measured. */
      readonly rtt: number | null;
    }
  /** The server's live relay, because no link opened, or the one that did is slow. */
  | {
      readonly path: 'server';
      readonly since: number;
      readonly why: 'link-timeout' | 'link-failed' | 'link-slow' | 'unsupported';
    }
  /** The friend is offline; messages wait. */
  | { readonly path: 'mailbox' };
