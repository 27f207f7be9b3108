/** The ways out of this browser, as delivery uses them. */
import type { Address } from '../crypto/address.ts';
import type { Result } from '../model.ts';
import type { WireMessage } from '../wire/message.ts';
import type { DeviceReach } from './outbox.ts';
import type { Letter, Posted } from './post.ts';

/** The same bytes for all devices of everybody. */
export interface Sealed {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Those that can open it, this one not counted. */
  readonly readers: readonly Address[];
}

/** The ways out of this browser, by conversation: a friend's id or a group's. */
export interface Carrier {
  readonly ownId: string;
  /** Asks for links while letters wait. */
  want(conversationId: string, on: boolean): void;
  /** Who should have what is said there, this device not counted; null if that must be looked up. */
  audience(conversationId: string): readonly Address[] | null;
  /** Null while nothing may be said; `devicesChanged` tells when to try again. */
  prepare(conversationId: string): Promise<readonly Address[] | null>;
  /** Null while it cannot be done; `wayChanged` or `devicesChanged` tells when to try again. */
  seal(conversationId: string, message: WireMessage): Promise<Sealed | null>;
  reach(conversationId: string, device: Address): DeviceReach;
  /** A link is sealed itself, to the one device at its other end. */
  sendLink(conversationId: string, to: Address, message: WireMessage): 'sent' | 'full' | 'closed';
  sendRelay(to: Address, bytes: Uint8Array<ArrayBuffer>): Promise<Result<unknown>>;
  /** Durable in the mailboxes of all that are taken; says nothing of letters that nobody waits for. */
  sendMail(conversationId: string, letters: readonly Letter[]): Promise<Result<readonly Posted[]>>;
}
