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
      let room = NO_ROOM;
      for (const [id, letter] of letters)
        for (const to of inParts(letter.to, devicesAtOnce(letter.bytes))) {
          const size = sizeOf(letter.bytes, to.length);
          if (bundles.length === 0 || !fits(size, room)) {
            bundles.push([]);
            room = BUNDLE;
          }
          room = less(room, size);
          bundles.at(-1)!.push({ id, to, bytes: letter.bytes });
        }
      return bundles;
    },
  };
}

/** What the server takes in one go, and what a letter is of it. */
interface Size {
  readonly letters: number;
  /** In the frame. */
  readonly bytes: number;
  /** In mailboxes: each device gets its own. */
  readonly items: number;
  readonly stored: number;
}

const BUNDLE: Size = {
  letters: BUNDLE_LETTERS,
  bytes: BUNDLE_BYTES,
  items: LIMITS.mailItemsMax,
  stored: LIMITS.mailStoredMax,
};
const NO_ROOM: Size = { letters: 0, bytes: 0, items: 0, stored: 0 };

const textLength = (bytes: Uint8Array): number => Math.ceil(bytes.length / 3) * 4;

const sizeOf = (bytes: Uint8Array, devices: number): Size => ({
  letters: 1,
  bytes: bytes.length + devices * ADDRESS_BYTES,
  items: devices,
  stored: devices * textLength(bytes),
});

const less = (a: Size, b: Size): Size => ({
  letters: a.letters - b.letters,
  bytes: a.bytes - b.bytes,
  items: a.items - b.items,
  stored: a.stored - b.stored,
});

function fits(size: Size, room: Size): boolean {
  const left = less(room, size);
  return left.letters >= 0 && left.bytes >= 0 && left.items >= 0 && left.stored >= 0;
}

/** A letter to more devices goes in several pieces of mail. */
function devicesAtOnce(bytes: Uint8Array): number {
  return Math.min(LIMITS.mailItemsMax, Math.floor(LIMITS.mailStoredMax / Math.max(1, textLength(bytes))));
}

function inParts<T>(all: readonly T[], atMost: number): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < all.length; at += atMost) parts.push(all.slice(at, at + atMost));
  return parts;
}
