/** What the page sees of files: where each stands, and what may be done with it. */
import type { Message } from './conversation-model.ts';
import type { Failure } from './failure-model.ts';
import type { Value } from './value.ts';
import type { CancelReason } from './wire/file-control.ts';

export interface FileSummary {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** MIME type as the sending browser gave it; never trusted. */
  readonly type: string;
  /** It waits on the server, sealed by this key (base64), for the devices that the friend had when it was sent. */
  readonly waits?: { readonly id: string; readonly key: string };
}

/** `insecure`: the page was not loaded by HTTPS, so the browser gives it no storage. */
export type StopReason = CancelReason | 'insecure';

/** Where the file of a message of kind `file` stands. */
export interface TransferView {
  /** The message's id. */
  readonly id: string;
  readonly friendId: string;
  readonly direction: 'in' | 'out';
  /** The name is safe to show and to save under. */
  readonly file: FileSummary;
  readonly phase:
    | 'offered'
    /** Accepted: the place on disk is being opened. */
    | 'opening'
    /** Accepted, but the link or the other page is not there; it goes on by itself. */
    | 'waiting'
    | 'moving'
    /** Every piece is there and verified; the file is being closed. */
    | 'finishing'
    | 'complete'
    | 'declined'
    | 'stopped';
  /** Verified on the receiver's disk. */
  readonly bytes: number;
  readonly speed: Speed | null;
  /** Why it stopped; while `offered`, why an attempt to accept it came to nothing. */
  readonly stop: { readonly by: 'me' | 'friend'; readonly reason: StopReason } | null;
  /** What has come is in the browser's own storage; once complete it is to be saved from there. */
  readonly kept: boolean;
  /** A kept file was handed to the person; it leaves the browser's own storage at the next start. */
  readonly saved: boolean;
}

/** A file that goes up to the server, to wait there for a friend who is away. */
export interface LeavingFile {
  readonly id: string;
  readonly friendId: string;
  readonly name: string;
  readonly size: number;
  /** There already. */
  readonly bytes: number;
  readonly speed: Speed | null;
  /** Null while it goes up or waits for its turn. */
  readonly problem: LeavingProblem | null;
}

export type LeavingProblem =
  | { readonly why: 'failed'; readonly failure: Failure }
  /** The file cannot be read any more. */
  | { readonly why: 'unreadable' }
  /** From here on: it cannot wait there, and is offered to the friend by the link instead. `limit`: bytes. */
  | { readonly why: 'too-large'; readonly limit: number }
  | { readonly why: 'full' | 'refused' };

export interface Speed {
  /** Bytes a second. */
  readonly rate: number;
  readonly secondsLeft: number;
}

export interface Transfers {
  /** False on a page that was not loaded by HTTPS: the browser gives it neither storage nor hashing. */
  readonly available: boolean;
  /** By the id of their message; for a message without an entry, `restingTransfer` says what to show. */
  readonly views: Value<ReadonlyMap<string, TransferView>>;
  /** Also after a failure or a change of mind. `place`: where the person chose to save it; null: browser's own storage. */
  accept(message: Message, place: FileSystemFileHandle | null): void;
  decline(message: Message): void;
  cancel(message: Message): void;
  /** A complete file from the browser's own storage; null if it is not there any more. */
  read(id: string): Promise<File | null>;
  /** The page has handed a kept file to the person. */
  saved(id: string): void;
}
