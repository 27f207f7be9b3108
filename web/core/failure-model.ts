/** What comes of an action: a value, or the reason why it did not happen. */
import type { ErrorCode } from '../../signaling/protocol/errors.ts';

/** Why something did not happen, as a code that the page translates. `retryAfter` is in seconds. */
export interface Failure {
  readonly code: ErrorCode | LocalFailureCode;
  readonly retryAfter?: number;
}

type LocalFailureCode =
  /** The server could not be reached. */
  | 'network'
  /** The browser's storage refused: full, evicted or private mode. */
  | 'storage'
  /** The password is too weak to be taken. */
  | 'password-weak'
  | 'message-too-long'
  /** A link that somebody opened is not one of ours. */
  | 'link-malformed';

export type Result<T = void> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };
