/** What the link's machine knows, hears and asks for. */

/**
 * Where the connection stands. `linkId` names one attempt; its signals and events carry it. All times are of the clock
 * that never jumps.
 */
export type LinkPhase =
  | { readonly phase: 'idle' }
  | {
      readonly phase: 'opening';
      readonly linkId: string;
      readonly initiator: boolean;
      readonly since: number;
    }
  | { readonly phase: 'open'; readonly linkId: string; readonly initiator: boolean; readonly since: number }
  /** Was open, and nothing comes through: new ICE is tried on the same connection. */
  | {
      readonly phase: 'recovering';
      readonly linkId: string;
      readonly initiator: boolean;
      readonly since: number;
      readonly tries: number;
    }
  /** The last attempt failed; the next one waits for `deadline`. */
  | { readonly phase: 'resting'; readonly why: 'timeout' | 'failed'; readonly since: number };

export interface LinkState {
  readonly at: LinkPhase;
  /** Somebody here has the conversation open, or messages wait. */
  readonly wanted: boolean;
  /** The other side said so of itself. */
  readonly wantedThere: boolean;
  /** Signals can reach the device now. */
  readonly reachable: boolean;
  /** Attempts in a row that did not open. */
  readonly failures: number;
  /** When a `timer` event is due; null if none. */
  readonly deadline: number | null;
}

export type LinkEvent =
  | { readonly type: 'wanted' | 'wanted-there' | 'reachable'; readonly on: boolean }
  | { readonly type: 'offered'; readonly linkId: string }
  | { readonly type: 'opened' | 'disturbed' | 'steady'; readonly linkId: string }
  /** The connection ended by itself; `refused`: a signal of an attempt found nobody. */
  | { readonly type: 'gone' | 'refused' | 'bye'; readonly linkId: string }
  | { readonly type: 'network-changed' }
  /** The person asked to try again now. */
  | { readonly type: 'retry' }
  | { readonly type: 'timer' }
  | { readonly type: 'close' };

export type LinkEffect =
  | { readonly do: 'create'; readonly linkId: string; readonly initiator: boolean }
  | { readonly do: 'destroy' | 'bye' | 'restart'; readonly linkId: string };

export interface LinkSurroundings {
  readonly now: number;
  /** Random, 0 up to 1. */
  readonly fraction: number;
  readonly newLinkId: string;
  /** Of two offers at once, that of the device whose id sorts first is kept. */
  readonly ownIdFirst: boolean;
}

export interface LinkStep {
  readonly state: LinkState;
  readonly effects: readonly LinkEffect[];
}

export const NEW_LINK: LinkState = {
  at: { phase: 'idle' },
  wanted: false,
  wantedThere: false,
  reachable: false,
  failures: 0,
  deadline: null,
};
