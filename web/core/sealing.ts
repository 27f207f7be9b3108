/** Messages into sealed bytes and back, as the leading tab uses it; leader-crypto.ts does it with the engine. */
import type { Came, Opened } from './conversation/inbox.ts';
import type { Sealed } from './conversation/carrier.ts';
import type { Address } from './crypto/address.ts';
import type { Spoken, WireMessage } from './wire/message.ts';

export interface Sealing {
  /** Who should get what is said in this conversation now, one's own other devices included; null: `prepare` finds out. */
  audience(conversationId: string): readonly Address[] | null;
  /** Null while nothing may be said, or that cannot be known. */
  prepare(conversationId: string): Promise<readonly Address[] | null>;
  /** With what this device tells others whenever it says anything. */
  spoken(conversationId: string, message: WireMessage): Spoken;
  /** As it is spoken, for all devices of everybody there and one's own others; null while that cannot be done. */
  seal(conversationId: string, message: WireMessage): Promise<Sealed | null>;
  /** What a device sent: over the link as it is (wire/link-letter.ts), by every other way sealed. */
  open(from: Address, bytes: Uint8Array, came: Came): Promise<Opened>;
  /** Names one piece of mail. */
  newMailId(): string;
}
