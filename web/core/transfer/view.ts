/** What the page shows of a transfer, from the state of its machine. */
import type { FileSummary, Message, Speed, TransferView } from '../model.ts';
import { PIECE_BYTES } from '../wire/file-frame.ts';
import type { ReceiverState } from './receiver-machine.ts';
import type { SenderState } from './sender-machine.ts';

export interface Subject {
  readonly id: string;
  readonly friendId: string;
  readonly file: FileSummary;
}

/** Null for a message that is not a file. */
export function subjectOf({ id, conversationId, body }: Message): Subject | null {
  if (body.kind !== 'file') return null;
  return { id, friendId: conversationId, file: body.file };
}

/**
 * Of a file message that nothing is known of: an incoming one is still on offer, an own one was forgotten by a reload,
 * unless it waits on the server.
 */
export function restingTransfer(message: Message): TransferView | null {
  const subject = subjectOf(message);
  if (!subject) return null;
  const direction = message.author === 'me' ? 'out' : 'in';
  const offered = direction === 'in' || message.state === 'failed' || subject.file.waits !== undefined;
  return {
    ...subject,
    direction,
    phase: offered ? 'offered' : 'stopped',
    bytes: 0,
    speed: null,
    stop: offered ? null : { by: 'me', reason: 'gone' },
    kept: false,
    saved: false,
  };
}

type Shown = Pick<TransferView, 'phase'> & Partial<Pick<TransferView, 'bytes' | 'stop'>>;

export function senderView(subject: Subject, state: SenderState, speed: Speed | null): TransferView {
  return toView(subject, 'out', shownOfSender(state, subject.file.size), speed, false);
}

export function receiverView(
  subject: Subject,
  state: ReceiverState,
  speed: Speed | null,
  kept: boolean,
): TransferView {
  return toView(subject, 'in', shownOfReceiver(state, subject.file.size), speed, kept);
}

function toView(
  subject: Subject,
  direction: 'in' | 'out',
  shown: Shown,
  speed: Speed | null,
  kept: boolean,
): TransferView {
  const moving = shown.phase === 'moving';
  return {
    ...subject,
    direction,
    bytes: 0,
    stop: null,
    ...shown,
    speed: moving ? speed : null,
    kept,
    saved: false,
  };
}

function shownOfSender(state: SenderState, size: number): Shown {
  switch (state.phase) {
    case 'offered':
      return { phase: 'offered' };
    case 'sending':
      return { phase: 'moving', bytes: bytesOf(state.verified, size) };
    case 'paused':
      return { phase: 'waiting', bytes: bytesOf(state.verified, size) };
    case 'done':
      return { phase: 'complete', bytes: size };
    case 'declined':
      return { phase: 'declined' };
    case 'cancelled':
      return stopped(state, size);
  }
}

function shownOfReceiver(state: ReceiverState, size: number): Shown {
  switch (state.phase) {
    case 'offered':
      return state.problem === null
        ? { phase: 'offered' }
        : { phase: 'offered', stop: { by: 'me', reason: state.problem } };
    case 'opening':
      return { phase: 'opening' };
    case 'waiting':
      return { phase: 'waiting', bytes: bytesOf(state.verified, size) };
    case 'receiving':
      return { phase: 'moving', bytes: bytesOf(state.verified, size) };
    case 'finishing':
      return { phase: 'finishing', bytes: size };
    case 'complete':
      return { phase: 'complete', bytes: size };
    case 'declined':
      return { phase: 'declined' };
    case 'cancelled':
      return stopped(state, size);
  }
}

function stopped(
  { by, reason, verified }: Extract<SenderState | ReceiverState, { phase: 'cancelled' }>,
  size: number,
): Shown {
  return { phase: 'stopped', bytes: bytesOf(verified, size), stop: { by, reason } };
}

function bytesOf(pieces: number, size: number): number {
  return Math.min(pieces * PIECE_BYTES, size);
}
