/** When this device takes in the sealed history that the server keeps, and when it puts a new one there. Pure. */

/** What this browser remembers of it. */
export interface SnapshotRecord {
  /** By a new device, until it has one or knows that there is none for it. */
  readonly wanted: boolean;
  /** The person asked for one, and none has been made since. */
  readonly asked: boolean;
  /** Something changed here since this device made its last one. */
  readonly changed: boolean;
  /** Ids of the last one that was made here, and of the last one that was taken in as a whole. */
  readonly made: string | null;
  readonly took: string | null;
  /** One is being taken in: the next chunk, and the messages that came before it. */
  readonly taking: { readonly id: string; readonly chunk: number; readonly done: number } | null;
}

/** Who has a history already was there before. */
export const newSnapshotRecord = (wanted: boolean): SnapshotRecord => ({
  wanted,
  asked: false,
  changed: true,
  made: null,
  took: null,
  taking: null,
});

export interface Facts {
  readonly record: SnapshotRecord;
  /** Milliseconds since 1970 by the server's clock, as `now`. */
  readonly current: { readonly id: string; readonly at: number } | null;
  /** The account's own secrets open it. */
  readonly opens: boolean;
  /** This device does not wait for the history of an elder one. */
  readonly fetched: boolean;
  /** It had no elder one to get it from. */
  readonly oldest: boolean;
  /** No other device of one's own is online. */
  readonly alone: boolean;
  /** The person is not at any tab. */
  readonly idle: boolean;
  readonly now: number;
}

const RENEW_AFTER = 24 * 3_600_000;
/** For somebody who is always there when the page is open. */
const RENEW_ANYWAY_AFTER = 36 * 3_600_000;

/**
 * Whether the person keeps one. The server's word alone does not count: it must be one that a device of the account
 * made. So the server can make nobody put their history there; but it can bring back one that was deleted.
 */
export const isKept = ({ record, current, opens }: Pick<Facts, 'record' | 'current' | 'opens'>): boolean =>
  record.asked || (current !== null && (opens || record.made === current.id));

export type Step = 'take' | 'make' | 'nothing';

/** Once another device has given its history, or where there is no snapshot, there is nothing to be had from one. */
export const isWanted = ({ record, current, fetched, oldest }: Facts): boolean =>
  record.wanted && current !== null && (!fetched || oldest);

/** There may be something in it that this device does not have. */
function lacksIt(facts: Facts): boolean {
  const { record, current, opens } = facts;
  return isWanted(facts) && opens && record.made !== current?.id && record.took !== current?.id;
}

export function stepOf(facts: Facts): Step {
  const { record, current, opens, alone, idle, now } = facts;
  // What is put there in its place must hold what it held.
  if (lacksIt(facts)) return alone || record.asked ? 'take' : 'nothing';
  if (!isKept(facts)) return 'nothing';
  if (record.asked || current === null || !opens) return 'make';
  const age = now - current.at;
  const due = age > RENEW_ANYWAY_AFTER || (age > RENEW_AFTER && idle);
  return record.changed && due ? 'make' : 'nothing';
}
