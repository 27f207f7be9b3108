/** What is under way in one conversation: each letter, the devices that can open it, and those that have it. */
import type { Address } from '../crypto/address.ts';
import { keyOf } from '../crypto/address.ts';
import type { WireLetter } from '../wire/message.ts';
import type { Sealed } from './carrier.ts';
import type { Attempt } from './outbox.ts';

export interface Waiting {
  readonly letter: WireLetter;
  /** By device. */
  readonly attempts: Map<string, Attempt>;
  /** Devices that have it, or whose mailbox has. */
  readonly done: Set<string>;
  /** Counts how often there were others to send it to: what was found out for those before holds no more. */
  devices: number;
  /** The devices that should have it, this one not counted; null: not looked up yet. */
  readers: readonly Address[] | null;
  /** For those that no link leads to. */
  sealed: Sealed | null;
}

export interface Queue {
  /** In order of ids; a window onto the outbox. */
  readonly waiting: Map<string, Waiting>;
  pumping: boolean;
  again: boolean;
  reload: boolean;
  /** The outbox is being read: what is added now may be missing in what comes. */
  reading: boolean;
  cancelTimer: () => void;
  /** Nothing through the server before this time: it asked for patience, or the device was not there. */
  serverAfter: number;
}

export const newWaiting = (letter: WireLetter): Waiting => ({
  letter,
  attempts: new Map(),
  done: new Set(),
  devices: 0,
  readers: null,
  sealed: null,
});

export const newQueue = (reload: boolean): Queue => ({
  waiting: new Map(),
  pumping: false,
  again: false,
  reload,
  reading: false,
  cancelTimer: () => undefined,
  serverAfter: 0,
});

/** There may be other devices than before to bring it to. */
export function anew(waiting: Waiting): void {
  waiting.devices += 1;
  waiting.readers = waiting.sealed = null;
}

/** A text that still waits goes out as it was edited; should it be there already, the edit follows. */
export function rewrite(
  queue: Queue,
  { target, text, mentions }: Extract<WireLetter, { type: 'edit' }>,
): void {
  const waiting = queue.waiting.get(target);
  if (waiting?.letter.type !== 'text') return;
  const { mentions: _, ...letter } = waiting.letter;
  const edited = { ...letter, text, ...(mentions && { mentions }) };
  queue.waiting.set(target, { ...waiting, letter: edited, sealed: null });
}

/** All devices have it, and at least one of them is somebody else's. */
export function isFinished(ownId: string, { done, readers }: Waiting): boolean {
  return (
    readers !== null &&
    readers.some(({ userId }) => userId !== ownId) &&
    readers.every((reader) => done.has(keyOf(reader)))
  );
}

/** Whether any device of somebody else but these has it. */
export function hasArrived(ownId: string, { done }: Waiting, but: readonly Address[]): boolean {
  const without = new Set(but.map(keyOf));
  return [...done].some((key) => !key.startsWith(`${ownId} `) && !without.has(key));
}
