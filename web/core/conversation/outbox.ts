/** Decides which way each waiting message takes to each device of a friend, and when again: pure. */

/** How a device of the friend can be reached now. */
export interface DeviceReach {
  readonly deviceId: string;
  readonly link:
    | { readonly state: 'open'; readonly linkId: string }
    /** Being set up since; given a moment before the relay takes over. */
    | { readonly state: 'opening'; readonly since: number }
    | { readonly state: 'none' };
  /** The server can hand the device a message now. */
  readonly relay: boolean;
}

/** The last time that a message was sent to a device. `via` is a link's id, or `relay`. */
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
/** How long a link may take to open before the relay is used. */
export const LINK_PATIENCE = 5_000;
const FIRST_RESEND = 8_000;
const MAX_RESEND = 60_000;

export function decide(now: number, device: DeviceReach, last: Attempt | null): Decision {
  if (device.link.state === 'open') return again(now, device.link.linkId, last);
  if (device.link.state === 'opening') {
    const patience = device.link.since + LINK_PATIENCE;
    if (now < patience) return { do: 'wait', until: patience };
  }
  return device.relay ? again(now, RELAY, last) : { do: 'wait', until: null };
}

/** A way that was not tried is tried at once; the same one again only after its receipt is overdue. */
function again(now: number, via: string, last: Attempt | null): Decision {
  if (!last || last.via !== via) return { do: 'send', via };
  const due = last.at + Math.min(FIRST_RESEND * 2 ** (last.count - 1), MAX_RESEND);
  return now >= due ? { do: 'send', via } : { do: 'wait', until: due };
}

export function nextAttempt(now: number, via: string, last: Attempt | null): Attempt {
  return { via, at: now, count: last?.via === via ? last.count + 1 : 1 };
}
