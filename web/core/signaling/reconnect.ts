/** What the end of a socket means, and when to try again: pure, so that every case is a row in its test. */
import { CLOSE } from '../../../signaling/protocol/socket.ts';
import { backOffDelay } from '../back-off.ts';
import type { ConnectionState, Failure } from '../model.ts';

export type SocketState = ConnectionState | { readonly state: 'signed-out' };

/** How a socket ended. `refused` is what the HTTP API said when a socket closed before its welcome, if it was asked. */
export interface SocketEnd {
  readonly code: number;
  readonly refused: Failure | null;
  /** Tries in a row without a lasting connection, this one included. */
  readonly failures: number;
  readonly networkUp: boolean;
  readonly now: number;
  readonly fraction: number;
}

const BACK_OFF = { first: 500, max: 30_000 };
/** A server that says goodbye is usually back within a second or two. */
const RESTART_BACK_OFF = { first: 600, max: 5_000 };
const REPLACED_BACK_OFF = { first: 10_000, max: 120_000 };
const ABUSE_BACK_OFF = { first: 20_000, max: 300_000 };

export function afterEnd(end: SocketEnd): SocketState {
  const refused = end.refused?.code;
  if (end.code === CLOSE.signedOut || refused === 'unauthenticated') return { state: 'signed-out' };
  if (end.code === CLOSE.protocolVersion || refused === 'protocol-version') {
    return { state: 'update-required' };
  }
  const wait = (pace: typeof BACK_OFF) => end.now + backOffDelay(pace, end.failures, end.fraction);
  if (end.code === CLOSE.restarting) {
    return { state: 'offline', reason: 'server-restarting', retryAt: wait(RESTART_BACK_OFF) };
  }
  if (end.code === CLOSE.replaced) {
    return { state: 'offline', reason: 'unreachable', retryAt: wait(REPLACED_BACK_OFF) };
  }
  if (end.code === CLOSE.abuse || refused === 'rate-limited') {
    const asked = (end.refused?.retryAfter ?? 0) * 1_000;
    return {
      state: 'offline',
      reason: 'rate-limited',
      retryAt: Math.max(wait(ABUSE_BACK_OFF), end.now + asked),
    };
  }
  return {
    state: 'offline',
    reason: end.networkUp ? 'unreachable' : 'no-network',
    retryAt: wait(BACK_OFF),
  };
}
