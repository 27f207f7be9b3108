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
  /** The other one; null: it comes from the sealed copy on the server. */
  readonly deviceId: string | null;
  readonly phase: 'moving' | 'complete';
  /** Messages. */
  readonly done: number;
  readonly total: number;
  /**
   * When the sealed copy was made, ms since 1970, as is sealed with it: a server could hand out an older one than the
   * newest, so the person is told.
   */
  readonly asOf?: number;
}

/** This browser's history while it is brought from the form that an older Holler gave it to this one's. */
export type HistoryUpgrade =
  /** It has not begun: a tab of the older Holler still holds the history, and does not let go of it. */
  | { readonly state: 'blocked' }
  /** Here, or in another tab. In records; `total` is 0 until they are counted. */
  | { readonly state: 'running'; readonly done: number; readonly total: number };

/** Why the sealed copy on the server could not be made, read or deleted. */
export type SnapshotProblem =
  /** The server was not reached, or could not do it; it is tried again. */
  | 'network'
  /** It is larger than the server keeps. */
  | 'too-large'
  /** The server keeps none. */
  | 'refused'
  /** Too many were made lately. */
  | 'busy'
  /** This device lacks the account's secrets. */
  | 'not-ready'
  /** The browser's storage refused. */
  | 'storage'
  /** The one that is there was altered, or made under a former identity of the account. */
  | 'unreadable';

/** The sealed copy of one's history that the server keeps for devices to come, if the person wants it. */
export interface SnapshotView {
  /** Whether it is kept up to date. */
  readonly kept: boolean;
  /** Bytes that it may have; 0: the server keeps none; null: not known yet. */
  readonly max: number | null;
  /** When it was made (milliseconds since 1970, by the server's clock), and its bytes. */
  readonly last: { readonly at: number; readonly bytes: number } | null;
  /** Messages, while one is being made. */
  readonly making: { readonly done: number; readonly total: number } | null;
  readonly problem: SnapshotProblem | null;
}

interface SnapshotApi {
  /** Null: not known yet. */
  readonly state: Value<SnapshotView | null>;
  /** Asks the server how things stand. */
  look(): void;
  /** Makes one now, and from then on every day in which something changes. */
  make(): void;
  /** Deletes it from the server and makes none any more. */
  remove(): void;
}

export interface HistoryApi {
  /** Null: the history has its form, as nearly always. */
  readonly upgrade: Value<HistoryUpgrade | null>;
  readonly snapshot: SnapshotApi;
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
