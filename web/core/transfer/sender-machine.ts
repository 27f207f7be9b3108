/** The sender's side of one transfer as a pure function: state and event in, next state and effects out. */
import type { CancelReason, FileControl } from '../wire/file-control.ts';

export type SenderState =
  /** The friend has not decided. */
  | { readonly phase: 'offered' }
  /** Pieces go out as `stream`, from `from` on; the friend has the first `verified` ones on disk. */
  | { readonly phase: 'sending'; readonly stream: number; readonly from: number; readonly verified: number }
  /** The link is gone; the friend's page asks again when it is back. */
  | { readonly phase: 'paused'; readonly verified: number }
  | { readonly phase: 'done' }
  | { readonly phase: 'declined' }
  | {
      readonly phase: 'cancelled';
      readonly by: 'me' | 'friend';
      readonly reason: CancelReason;
      readonly verified: number;
    };

export type SenderEvent =
  /** What the friend's page said about this transfer. */
  | { readonly type: 'heard'; readonly message: FileControl }
  | { readonly type: 'link-up' }
  | { readonly type: 'link-down' }
  /** The person's own cancel, or a file that cannot be read (any more). */
  | { readonly type: 'cancel'; readonly reason: 'person' | 'unreadable' };

export type SenderEffect =
  | { readonly type: 'send'; readonly message: FileControl }
  /** Replaces whatever was being sent of this transfer. */
  | { readonly type: 'start'; readonly stream: number; readonly from: number }
  | { readonly type: 'advance'; readonly verified: number }
  | { readonly type: 'stop' };

export interface SenderStep {
  readonly state: SenderState;
  readonly effects: readonly SenderEffect[];
}

/** What does not change during a transfer, and the number that its next run would get. */
export interface SenderFacts {
  readonly id: string;
  readonly pieces: number;
  readonly nextStream: number;
}

export function stepSender(state: SenderState, event: SenderEvent, facts: SenderFacts): SenderStep {
  switch (event.type) {
    case 'heard':
      return hear(state, event.message, facts);
    case 'link-up':
      // A cancel may have been said into a dead link.
      return cancelledByMe(state) ? stay(state, [cancelMessage(facts.id, state.reason)]) : stay(state);
    case 'link-down':
      return state.phase === 'sending'
        ? { state: { phase: 'paused', verified: state.verified }, effects: [{ type: 'stop' }] }
        : stay(state);
    case 'cancel':
      return isLive(state) ? cancel(state, event.reason, facts) : stay(state);
  }
}

function hear(state: SenderState, message: FileControl, facts: SenderFacts): SenderStep {
  switch (message.type) {
    case 'accept':
      return accept(state, message.from, facts);
    case 'decline':
      return isLive(state) ? { state: { phase: 'declined' }, effects: [{ type: 'stop' }] } : stay(state);
    case 'cancel':
      if (!isLive(state)) return stay(state);
      return {
        state: { phase: 'cancelled', by: 'friend', reason: message.reason, verified: verifiedOf(state) },
        effects: [{ type: 'stop' }],
      };
    case 'verified':
      return advance(state, message.stream, message.count, facts);
    case 'done':
      // Even after a cancel: the file is whole over there, and both sides shall say the same.
      return {
        state: { phase: 'done' },
        effects: [{ type: 'stop' }, { type: 'send', message: { type: 'done-ack', id: facts.id } }],
      };
    case 'begin':
    case 'piece':
    case 'done-ack':
      // Only a sender says these.
      return isLive(state) ? cancel(state, 'protocol', facts) : stay(state);
  }
}

/** Also after the friend declined or cancelled: they may change their mind. One's own cancel is final. */
function accept(state: SenderState, from: number, facts: SenderFacts): SenderStep {
  if (cancelledByMe(state)) return stay(state, [cancelMessage(facts.id, state.reason)]);
  if (state.phase === 'done') return stay(state, [cancelMessage(facts.id, 'gone')]);
  if (from > facts.pieces) return cancel(state, 'protocol', facts);
  const stream = facts.nextStream;
  return {
    state: { phase: 'sending', stream, from, verified: from },
    effects: [
      { type: 'send', message: { type: 'begin', id: facts.id, stream, from } },
      { type: 'start', stream, from },
    ],
  };
}

function advance(state: SenderState, stream: number, count: number, facts: SenderFacts): SenderStep {
  if (state.phase !== 'sending' || state.stream !== stream) return stay(state);
  if (count > facts.pieces) return cancel(state, 'protocol', facts);
  if (count <= state.verified) return stay(state);
  return { state: { ...state, verified: count }, effects: [{ type: 'advance', verified: count }] };
}

function cancel(state: SenderState, reason: CancelReason, facts: SenderFacts): SenderStep {
  return {
    state: { phase: 'cancelled', by: 'me', reason, verified: verifiedOf(state) },
    effects: [{ type: 'stop' }, cancelMessage(facts.id, reason)],
  };
}

function cancelMessage(id: string, reason: CancelReason): SenderEffect {
  return { type: 'send', message: { type: 'cancel', id, reason } };
}

function stay(state: SenderState, effects: readonly SenderEffect[] = []): SenderStep {
  return { state, effects };
}

function isLive(state: SenderState): boolean {
  return state.phase === 'offered' || state.phase === 'sending' || state.phase === 'paused';
}

function cancelledByMe(state: SenderState): state is Extract<SenderState, { phase: 'cancelled' }> {
  return state.phase === 'cancelled' && state.by === 'me';
}

function verifiedOf(state: SenderState): number {
  return 'verified' in state ? state.verified : 0;
}
