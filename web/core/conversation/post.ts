/** Gathers what goes to mailboxes into bundles that the server takes in one go. */
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import type { Address } from '../crypto/address.ts';
import type { WireLetter } from '../wire/message.ts';

/** One piece of mail: the same bytes for several devices. Without an id nobody waits for it. */
export interface Letter {
  readonly id: string | null;
  readonly to: readonly Address[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What became of a letter: whose mailboxes took it, and whose are full. Devices that are gone are in neither. */
export interface Posted {
  readonly id: string;
  readonly taken: readonly Address[];
  readonly full: readonly Address[];
}

/** As base64 text with its wrapping it fits a frame. */
const BUNDLE_BYTES = LIMITS.relayBodyMax * 0.75;
const BUNDLE_LETTERS = LIMITS.mailParcelsMax;
/** What naming one device costs. */
const ADDRESS_BYTES = 64;

interface Post {
  readonly add: (to: Address, letter: WireLetter, bytes: Uint8Array<ArrayBuffer>) => void;
  /** In the order in which they were added. */
  bundles(): readonly (readonly Letter[])[];
}

export function createPost(): Post {
  const letters = new Map<string, { to: Address[]; bytes: Uint8Array<ArrayBuffer> }>();
  return {
    add(to, { id }, bytes) {
      const letter = letters.get(id) ?? { to: [], bytes };
      letter.to.push(to);
      letters.set(id, letter);
    },
    bundles() {
      const bundles: Letter[][] = [];
      let room = 0;
      for (const [id, letter] of letters) {
        const size = letter.bytes.length + letter.to.length * ADDRESS_BYTES;
        if (room < size || bundles.at(-1)!.length === BUNDLE_LETTERS) {
          bundles.push([]);
          room = BUNDLE_BYTES;
        }
        room -= size;
        bundles.at(-1)!.push({ id, ...letter });
      }
      return bundles;
    },
  };
}
