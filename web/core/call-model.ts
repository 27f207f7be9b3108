/** What the page sees of calls. */
import type { Value } from './value.ts';
import type { CallKind, CallOutcome, MediaState } from './wire/call-control.ts';

/** Why a microphone, camera or screen cannot be had. */
export type CallProblem =
  /** The page was not loaded by HTTPS, so the browser gives it no devices. */
  | 'insecure'
  | 'refused'
  /** There is no microphone. */
  | 'missing'
  | 'no-camera'
  | 'in-use'
  /** Another tab of this browser leads, and calls are made and taken there. */
  | 'other-tab';

export interface CallSummary {
  readonly kind: CallKind;
  readonly outcome: CallOutcome;
  /** 0 unless they talked. */
  readonly seconds: number;
}

export interface CallView {
  readonly id: string;
  readonly friendId: string;
  readonly kind: CallKind;
  readonly direction: 'out' | 'in';
  readonly phase: 'ringing-out' | 'ringing-in' | 'connecting' | 'active' | 'ended';
  /** While ringing out: a page of the friend's shows the call. */
  readonly heard: boolean;
  /** When the talking began, ms since 1970. */
  readonly since: number | null;
  /** False while the link is lost and being mended. */
  readonly linked: boolean;
  readonly sending: MediaState;
  readonly receiving: MediaState | null;
  /** One's own picture. */
  readonly own: MediaStream | null;
  readonly remote: MediaStream | null;
  readonly outcome: CallOutcome | null;
}

/** One call at a time. What returns a problem has changed nothing. */
export interface Calls {
  readonly current: Value<CallView | null>;
  /** Who rings in the tab that leads, for a tab that does not; null while nobody does. */
  readonly ringingElsewhere: Value<string | null>;
  ring(friendId: string, kind: CallKind): Promise<CallProblem | null>;
  answer(kind: CallKind): Promise<CallProblem | null>;
  /** Declines, gives up or hangs up, whichever applies. */
  end(): void;
  setMuted(muted: boolean): void;
  setCamera(on: boolean): Promise<CallProblem | null>;
  setScreen(on: boolean): Promise<CallProblem | null>;
  choose(kind: 'audio' | 'video', deviceId: string): Promise<CallProblem | null>;
  devices(): Promise<readonly MediaDeviceInfo[]>;
  /** Something was plugged in or out. */
  onDevices(listener: () => void): () => void;
}
