/** Messages into sealed bytes and back, as the leading tab uses it; leader-crypto.ts does it with the engine. */
import type { Opened } from './conversation/inbox.ts';
import type { Sealed } from './conversation/carrier.ts';
import type { Address } from './crypto/address.ts';
import type { WireMessage } from './wire/message.ts';

export interface Sealing {
  /** For all devices of the friend and one's own others; null while that cannot be done. */
  seal(friendId: string, message: WireMessage): Promise<Sealed | null>;
  open(from: Address, bytes: Uint8Array): Promise<Opened>;
  /** Names one piece of mail. */
  newMailId(): string;
}
