/** What a call can be, what can happen to it, and what that causes: the vocabulary of call-machine.ts. */
import type { CallControl, CallKind, CallOutcome, MediaState } from '../wire/call-control.ts';

interface Basics {
  readonly call: string;
  readonly friend: string;
  readonly kind: CallKind;
  readonly direction: 'out' | 'in';
}

export type CallState =
  | { readonly phase: 'idle' }
  /** `heard`: a page of the friend's shows the call. */
  | (Basics & { readonly phase: 'ringing-out'; readonly heard: boolean })
  | (Basics & { readonly phase: 'ringing-in'; readonly device: string })
  /** Answered; nothing is heard or seen yet. */
  | (Basics & { readonly phase: 'connecting'; readonly device: string; readonly remote: MediaState | null })
  | (Basics & {
      readonly phase: 'active';
      readonly device: string;
      readonly remote: MediaState | null;
      /** ms since 1970. */
      readonly since: number;
      /** False while the link is gone; it has a minute to come back. */
      readonly link: boolean;
    })
  | EndedCall;

export interface EndedCall extends Basics {
  readonly phase: 'ended';
  readonly outcome: CallOutcome;
  readonly seconds: number;
}

export type CallEvent =
  | { readonly type: 'ring'; readonly call: string; readonly friend: string; readonly kind: CallKind }
  | { readonly type: 'answer' }
  /** Declines, gives up or hangs up, whichever applies. */
  | { readonly type: 'end' }
  | {
      readonly type: 'heard';
      readonly friend: string;
      readonly device: string;
      readonly message: CallControl;
    }
  /** Sound or picture of the other side arrives. */
  | { readonly type: 'media-flows' }
  | { readonly type: 'link-up'; readonly friend: string; readonly device: string }
  | { readonly type: 'link-down'; readonly friend: string; readonly device: string }
  | { readonly type: 'alarm'; readonly key: string };

export type CallEffect =
  /** To one device of the friend; null: to every one of them with which there is a link. */
  | {
      readonly type: 'send';
      readonly friend: string;
      readonly device: string | null;
      readonly message: CallControl;
    }
  /** Gives the alarm with this key after `ms`; replaces the one before. */
  | { readonly type: 'alarm'; readonly key: string; readonly ms: number }
  /** Put sound and picture on the link to this device. */
  | { readonly type: 'attach'; readonly friend: string; readonly device: string }
  /** Tell the other side what one sends. */
  | { readonly type: 'tell-media' }
  /** Take sound and picture off the link; let go of microphone and camera. */
  | { readonly type: 'detach' }
  /** For the list entry in the conversation. */
  | { readonly type: 'over'; readonly call: EndedCall };

export interface CallStep {
  readonly state: CallState;
  readonly effects: readonly CallEffect[];
}

export const CALL_TIMES = {
  ringOut: 45_000,
  /** Longer, so that it is the caller who gives up, unless the caller is gone. */
  ringIn: 50_000,
  connecting: 30_000,
  linkLost: 60_000,
} as const;
