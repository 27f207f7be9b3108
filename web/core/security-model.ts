/** What the page sees of keys, trust and the comparison of them. */
import type { Result } from './failure-model.ts';
import type { Value } from './value.ts';

/**
 * How sure one can be of whom a person's messages are from and for.
 * `unknown`: their keys were not seen yet. `first-use`: encrypted for the identity that was seen first, which nobody has
 * compared. `verified`: compared by the two people, or proven by the secret of the link that one of them came by.
 * `changed`: another identity than before; nothing is sent to it until the person decides. `disproved`: it is not the one
 * that the link was opened or made by, as far as its proof goes; as `changed`.
 */
export type Trust = 'unknown' | 'first-use' | 'verified' | 'changed' | 'disproved';

/** Of this browser and account. */
export type SecurityState =
  /** The engine is being loaded, or this device being made known; what is written meanwhile waits. */
  | { readonly state: 'starting' }
  /** `recoverable`: a new device gets the account's keys by password alone. `code`: or by a recovery code. */
  | { readonly state: 'ready'; readonly recoverable: boolean; readonly code: boolean }
  /** The account's keys are on other devices or sealed on the server, and not here yet: friends do not trust this device. */
  | { readonly state: 'needs-restore'; readonly byPassword: boolean; readonly byCode: boolean }
  /** The engine could not be loaded or has failed; contacts and history are there, nothing can be sent. */
  | { readonly state: 'failed' };

/** Two people, or two devices of one, compare seven emoji, or one scans the other's code. */
export interface Verification {
  /** Of the friend; one's own id when it is another device of one's own. */
  readonly userId: string;
  readonly phase:
    /** The other side asks. */
    | { readonly at: 'asked' }
    /** This side asked, or has confirmed; the other has to act. */
    | { readonly at: 'waiting' }
    /**
     * Both want to. `code` is for the other side's camera, as the text of a QR code; null where there is none. Whoever
     * is first decides: by scanning, or by comparing emoji.
     */
    | { readonly at: 'choosing'; readonly code: string | null }
    /** The other side has scanned the code: `confirm` if it says so there. */
    | { readonly at: 'scanned' }
    /** `index` is the place in the specification's table of 64, for names in other languages. */
    | {
        readonly at: 'comparing';
        readonly emoji: readonly { readonly symbol: string; readonly index: number }[];
      }
    | { readonly at: 'done' }
    | { readonly at: 'ended'; readonly why: 'declined' | 'different' | 'timeout' | 'failed' };
}

export interface Security {
  readonly state: Value<SecurityState>;
  /** By person; who is not in it is `unknown`. */
  readonly trust: Value<ReadonlyMap<string, Trust>>;
  /** One at a time. */
  readonly verification: Value<Verification | null>;
  /** Asks the friend, who must be there, to compare. */
  verify(userId: string): void;
  /** Takes part when asked. */
  agree(): void;
  /** Goes on with emoji. */
  compare(): void;
  /** What a camera read. `bad-request`: it is no such code, and nothing has changed. */
  scan(text: string): Promise<Result>;
  /** The emoji are the same; or the other side says that it has scanned the code. */
  confirm(): void;
  /** The emoji are different; or declines, or gives up; or closes one that is over. */
  dismiss(different: boolean): void;
  /** Goes on with the new identity of a friend whose identity changed. */
  acceptIdentity(userId: string): void;
  /** Makes this device a trusted one. `wrong-credentials`: not that password or code. */
  restore(by: { readonly password: string } | { readonly code: string }): Promise<Result>;
  /** A new recovery code, shown once; an older one stops working. */
  createRecoveryCode(password: string): Promise<Result<string>>;
  /** A new identity, when the old one cannot be had: friends will be warned. */
  startOver(password: string): Promise<Result>;
}
