/** The receiver's side of one transfer as a pure function: state and event in, next state and effects out. */
import type { CancelReason, FileControl } from '../wire/file-control.ts';

/** Why nothing can be written here; `insecure`: the page was not loaded by HTTPS, so the browser gives it no storage. */
type DiskProblem = 'storage-full' | 'storage-failed' | 'insecure';

export type ReceiverState =
  /** The person has not decided; `problem` says why an attempt to accept came to nothing. */
  | { readonly phase: 'offered'; readonly problem: DiskProblem | null }
  /** Accepted; the place on disk is being opened. */
  | { readonly phase: 'opening' }
  /** The first `verified` pieces are on disk; the rest is asked for as soon as the link allows. */
  | { readonly phase: 'waiting'; readonly verified: number; readonly retries: number }
  | {
      readonly phase: 'receiving';
      readonly stream: number;
      readonly verified: number;
      /** How often in a row a piece came wrong. */
      readonly retries: number;
    }
  /** Every piece is verified; the file is being closed. */
  | { readonly phase: 'finishing' }
  /** `acked`: the sender knows. */
  | { readonly phase: 'complete'; readonly acked: boolean }
  | { readonly phase: 'declined' }
  | {
      readonly phase: 'cancelled';
      readonly by: 'me' | 'friend';
      readonly reason: CancelReason;
      readonly verified: number;
    };

export type ReceiverEvent =
  /** The person said yes; also again, after a failure or a change of mind. */
  | { readonly type: 'accept' }
  | { readonly type: 'decline' }
  | { readonly type: 'cancel' }
  | { readonly type: 'heard'; readonly message: FileControl }
  | { readonly type: 'link-up' }
  | { readonly type: 'link-down' }
  // From the disk:
  | { readonly type: 'opened'; readonly verified: number }
  | { readonly type: 'verified'; readonly stream: number; readonly count: number }
  /** A piece of this run is not what was announced, or its frames are out of order. */
  | { readonly type: 'corrupt'; readonly stream: number }
  | { readonly type: 'finished' }
  | { readonly type: 'disk-failed'; readonly reason: DiskProblem };

export type ReceiverEffect =
  | { readonly type: 'send'; readonly message: FileControl }
  | { readonly type: 'open' }
  /** What follows is piece `from` and later, as `stream`; a part of a piece that came before is void. */
  | { readonly type: 'begin'; readonly stream: number; readonly from: number }
  | { readonly type: 'expect'; readonly index: number; readonly sha256: string }
  | { readonly type: 'finish' }
  /** Close what is open; keep what is verified for another try. */
  | { readonly type: 'release' }
  /** Close and delete. */
  | { readonly type: 'discard' };

export interface ReceiverStep {
  readonly state: ReceiverState;
  readonly effects: readonly ReceiverEffect[];
}

export interface ReceiverFacts {
  readonly id: string;
  readonly pieces: number;
}

/** A piece that keeps coming wrong is asked for this often. */
const MAX_RETRIES = 3;

export function stepReceiver(state: ReceiverState, event: ReceiverEvent, facts: ReceiverFacts): ReceiverStep {
  switch (event.type) {
    case 'accept':
      return mayAccept(state) ? { state: { phase: 'opening' }, effects: [{ type: 'open' }] } : stay(state);
    case 'decline':
      return state.phase === 'offered'
        ? { state: { phase: 'declined' }, effects: [declineMessage(facts)] }
        : stay(state);
    case 'cancel':
      return isRunning(state) ? stopWith(state, 'person', facts, 'discard') : stay(state);
    case 'heard':
      return hear(state, event.message, facts);
    case 'link-up':
      return stay(state, repeatOnLink(state, facts));
    case 'link-down':
      return state.phase === 'receiving' ? { state: waiting(state), effects: [] } : stay(state);
    case 'opened':
      return state.phase === 'opening' ? ask(event.verified, 0, facts) : stay(state);
    case 'verified':
      return advance(state, event.stream, event.count, facts);
    case 'corrupt':
      return retry(state, event.stream, facts);
    case 'finished':
      return state.phase === 'finishing'
        ? { state: { phase: 'complete', acked: false }, effects: [doneMessage(facts)] }
        : stay(state);
    case 'disk-failed':
      return diskFailed(state, event.reason, facts);
  }
}

function hear(state: ReceiverState, message: FileControl, facts: ReceiverFacts): ReceiverStep {
  switch (message.type) {
    case 'begin':
      return begin(state, message.stream, message.from, facts);
    case 'piece':
      return state.phase === 'receiving' && state.stream === message.stream
        ? stay(state, [{ type: 'expect', index: message.index, sha256: message.sha256 }])
        : stay(state);
    case 'cancel':
      return friendCancelled(state, message.reason);
    case 'done-ack':
      return state.phase === 'complete' ? stay({ phase: 'complete', acked: true }) : stay(state);
    case 'accept':
    case 'decline':
    case 'verified':
    case 'done':
      // Only a receiver says these.
      return isRunning(state) ? stopWith(state, 'protocol', facts, 'discard') : stay(state);
  }
}

/** An answer to an older request names another first piece, and the right one follows. */
function begin(state: ReceiverState, stream: number, from: number, facts: ReceiverFacts): ReceiverStep {
  if (state.phase !== 'waiting' && state.phase !== 'receiving') return stay(state);
  if (from !== state.verified) return stay(state);
  if (from === facts.pieces) return { state: { phase: 'finishing' }, effects: [{ type: 'finish' }] };
  return {
    state: { phase: 'receiving', stream, verified: from, retries: state.retries },
    effects: [{ type: 'begin', stream, from }],
  };
}

function advance(state: ReceiverState, stream: number, count: number, facts: ReceiverFacts): ReceiverStep {
  // What the disk finishes after the link went is not counted: it comes again, from where `accept` will say.
  if (state.phase !== 'receiving' || state.stream !== stream || count <= state.verified) return stay(state);
  const tell: ReceiverEffect = { type: 'send', message: { type: 'verified', stream, count } };
  if (count < facts.pieces) return { state: { ...state, verified: count, retries: 0 }, effects: [tell] };
  return { state: { phase: 'finishing' }, effects: [tell, { type: 'finish' }] };
}

function retry(state: ReceiverState, stream: number, facts: ReceiverFacts): ReceiverStep {
  if (state.phase !== 'receiving' || state.stream !== stream) return stay(state);
  if (state.retries >= MAX_RETRIES) return stopWith(state, 'corrupt', facts, 'release');
  return ask(state.verified, state.retries + 1, facts);
}

function diskFailed(state: ReceiverState, problem: DiskProblem, facts: ReceiverFacts): ReceiverStep {
  // Nothing was asked for yet, so for the sender the offer simply stands.
  if (state.phase === 'opening') return stay({ phase: 'offered', problem });
  const reason = problem === 'insecure' ? 'storage-failed' : problem;
  return isRunning(state) ? stopWith(state, reason, facts, 'release') : stay(state);
}

/** Once every piece is here, the sender's cancel comes too late. */
function friendCancelled(state: ReceiverState, reason: CancelReason): ReceiverStep {
  if (state.phase !== 'offered' && (!isRunning(state) || state.phase === 'finishing')) return stay(state);
  return {
    state: { phase: 'cancelled', by: 'friend', reason, verified: 0 },
    effects: state.phase === 'offered' ? [] : [{ type: 'discard' }],
  };
}

function ask(verified: number, retries: number, facts: ReceiverFacts): ReceiverStep {
  return { state: { phase: 'waiting', verified, retries }, effects: [acceptMessage(verified, facts)] };
}

function stopWith(
  state: ReceiverState,
  reason: CancelReason,
  facts: ReceiverFacts,
  end: 'release' | 'discard',
): ReceiverStep {
  return {
    state: { phase: 'cancelled', by: 'me', reason, verified: end === 'discard' ? 0 : verifiedOf(state) },
    effects: [{ type: 'send', message: { type: 'cancel', id: facts.id, reason } }, { type: end }],
  };
}

/** What the sender must hear on a new link, because the old one may have swallowed it. */
function repeatOnLink(state: ReceiverState, facts: ReceiverFacts): ReceiverEffect[] {
  if (state.phase === 'waiting') return [acceptMessage(state.verified, facts)];
  if (state.phase === 'complete' && !state.acked) return [doneMessage(facts)];
  if (state.phase === 'declined') return [declineMessage(facts)];
  if (state.phase === 'cancelled' && state.by === 'me') {
    return [{ type: 'send', message: { type: 'cancel', id: facts.id, reason: state.reason } }];
  }
  return [];
}

function acceptMessage(from: number, { id }: ReceiverFacts): ReceiverEffect {
  return { type: 'send', message: { type: 'accept', id, from } };
}

function declineMessage({ id }: ReceiverFacts): ReceiverEffect {
  return { type: 'send', message: { type: 'decline', id } };
}

function doneMessage({ id }: ReceiverFacts): ReceiverEffect {
  return { type: 'send', message: { type: 'done', id } };
}

function waiting(state: { readonly verified: number; readonly retries: number }): ReceiverState {
  return { phase: 'waiting', verified: state.verified, retries: state.retries };
}

function stay(state: ReceiverState, effects: readonly ReceiverEffect[] = []): ReceiverStep {
  return { state, effects };
}

/** The friend's own cancel is final; everything else may be tried again. */
function mayAccept(state: ReceiverState): boolean {
  if (state.phase === 'cancelled') return state.by === 'me';
  return state.phase === 'offered' || state.phase === 'declined';
}

function isRunning(state: ReceiverState): boolean {
  return ['opening', 'waiting', 'receiving', 'finishing'].includes(state.phase);
}

function verifiedOf(state: ReceiverState): number {
  return 'verified' in state ? state.verified : 0;
}
