/** What the page sees of a history that moves: as a file, and from one's other devices. No implementation here. */
import type { Value } from './value.ts';

/** Of a file that was given. */
export type FileProblem =
  /** No file of this kind. */
  | 'not-history'
  /** Made by a newer Holler. */
  | 'newer'
  | 'wrong-passphrase'
  /** The end is missing. */
  | 'cut-off'
  | 'damaged';

/** Why a file was not written or not taken in (whole: what came before stays). */
export type HistoryProblem =
  | FileProblem
  | 'cancelled'
  /** The browser's storage refused. */
  | 'storage'
  /** The code for it could not be loaded. */
  | 'network';

export type HistoryOutcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly why: HistoryProblem }
  /** The file holds the history of another account, of this name; nothing was taken in. */
  | { readonly ok: false; readonly why: 'other-account'; readonly name: string };

export interface HistoryRun {
  readonly signal: AbortSignal;
  /** Messages. */
  readonly onProgress: (done: number, total: number) => void;
}

/** One's history on its way between this device and another one of one's own. */
export interface HistoryMove {
  readonly direction: 'in' | 'out';
  /** The other one. */
  readonly deviceId: string;
  readonly phase: 'moving' | 'complete';
  /** Messages. */
  readonly done: number;
  readonly total: number;
}

export interface HistoryApi {
  /** The last one of this start; null if there was none. */
  readonly move: Value<HistoryMove | null>;
  /** Fetches what one's other devices have as soon as one is there. A new device does so by itself. */
  fetchAll(): void;
  /** Ends that; what has come stays. */
  cancelFetch(): void;
  /** False on a page that was not loaded by HTTPS: the browser gives it no ciphers. */
  readonly available: boolean;
  /** All conversations in one file that only this passphrase opens. */
  exportFile(passphrase: string, run: HistoryRun): Promise<HistoryOutcome<Blob>>;
  /**
   * Adds what is in the file to what is here; answers with the messages that were new. `anyAccount`: also from a file of
   * another account.
   */
  importFile(
    file: Blob,
    passphrase: string,
    anyAccount: boolean,
    run: HistoryRun,
  ): Promise<HistoryOutcome<number>>;
}
