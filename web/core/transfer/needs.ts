/** What transfers need from the rest of core and from the browser. */
import type { Message, TransferView } from '../model.ts';
import type { Clock, Report, Timers } from '../platform.ts';
import type { Scope } from '../scope.ts';
import type { FileControl } from '../wire/file-control.ts';
import type { BulkChannel } from './bulk-channel.ts';
import type { DiskReply, DiskRequest } from './disk-messages.ts';
import type { WaitingTools } from './waiting-file.ts';

/** One device of a friend. */
export interface Address {
  readonly userId: string;
  readonly deviceId: string;
}

/** The file channel to one device, while there is a link. */
export interface Line {
  readonly address: Address;
  readonly channel: BulkChannel;
  say(message: FileControl): void;
}

/** The worker that writes. */
export interface DiskPort {
  post(request: DiskRequest): void;
  onReply(listener: (reply: DiskReply) => void): void;
}

/** What outlives a reload. */
interface TransferRecords {
  all(): Promise<readonly TransferRecord[]>;
  put(record: TransferRecord): Promise<void>;
  remove(id: string): Promise<void>;
}

export interface TransferRecord {
  readonly view: TransferView;
  /** Of the friend: the one that sends or receives; empty until one does. */
  readonly device: string;
}

export interface TransferNeeds {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly scope: Scope;
  /** SHA-256. */
  readonly digest: (bytes: ArrayBuffer) => Promise<ArrayBuffer>;
  readonly toBase64: (bytes: Uint8Array) => string;
  /** Where the numbers of runs begin; random, so that those of before a reload do not come again soon. */
  readonly firstStream: number;
  /** Where files wait; null where the browser has no crypto (an insecure page). */
  readonly server: WaitingTools | null;
  /** Starts the worker; null where the browser has no storage for files (an insecure page). */
  readonly disk: () => DiskPort | null;
  readonly records: TransferRecords;
  readonly message: (friendId: string, id: string) => Promise<Message | null>;
  /** Keeps a link to the friend while something is to be moved. */
  readonly want: (friendId: string, on: boolean) => void;
  readonly onChange: (views: ReadonlyMap<string, TransferView>) => void;
  readonly report: Report;
}
