/**
 * Decides which way each waiting letter takes to each device that it is for, and when again: pure. All times are of the
 * clock that never jumps: a clock set back by an hour must not hold a letter up for one.
 */

/** How a device can be reached now. */
export interface DeviceReach {
  readonly link:
    | {
        readonly state: 'open';
        readonly linkId: string;
        /** So slow or lossy that the relay is better. */
        readonly slow: boolean;
      }
    /** Being set up since; given a moment before the relay takes over. */
    | { readonly state: 'opening'; readonly since: number }
    | { readonly state: 'none' };
  /** The server can hand the device a message now. */
  readonly relay: boolean;
  /** The server can keep a message for the device. */
  readonly mailbox: boolean;
}

/** The last time that a letter was sent to a device. `via` is a link's id, `relay` or `mailbox`. */
export interface Attempt {
  readonly via: string;
  readonly at: number;
  readonly count: number;
}

export type Decision =
  | { readonly do: 'send'; readonly via: string }
  /** Nothing before this time, unless something changes; null: only a change can help. */
  | { readonly do: 'wait'; readonly until: number | null };

export const RELAY = 'relay';
export const MAILBOX = 'mailbox';
/** How long a link may take to open before the server takes over. */
export const LINK_PATIENCE = 5_000;
const FIRST_RESEND = 8_000;
const MAX_RESEND = 60_000;
/** So often over a way that brings no receipt; then the mailbox has it, which needs none. */
const LIVE_TRIES = 2;

export function decide(now: number, device: DeviceReach, last: Attempt | null): Decision {
  // The server's answer decides what becomes of it.
  if (last?.via === MAILBOX) return { do: 'wait', until: null };
  if (device.link.state === 'open' && takesLink(device)) return again(now, device.link.linkId, device, last);
  if (device.link.state === 'opening') {
    const patience = device.link.since + LINK_PATIENCE;
    if (now < patience) return { do: 'wait', until: patience };
  }
  if (device.relay) return again(now, RELAY, device, last);
  return device.mailbox ? { do: 'send', via: MAILBOX } : { do: 'wait', until: null };
}

/** By its link, if it has one, unless the server is the better way. */
export const takesLink = ({ link, relay }: DeviceReach): boolean =>
  link.state === 'open' && !(link.slow && relay);

/** A way that was not tried is tried at once; the same one again only after its receipt is overdue. */
function again(now: number, via: string, { mailbox }: DeviceReach, last: Attempt | null): Decision {
  if (!last || last.via !== via) return { do: 'send', via };
  const due = last.at + Math.min(FIRST_RESEND * 2 ** (last.count - 1), MAX_RESEND);
  if (now < due) return { do: 'wait', until: due };
  return { do: 'send', via: mailbox && last.count >= LIVE_TRIES ? MAILBOX : via };
}

export function nextAttempt(now: number, via: string, last: Attempt | null): Attempt {
  return { via, at: now, count: last?.via === via ? last.count + 1 : 1 };
}
