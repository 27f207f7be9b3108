/**
 * One's history as the server keeps it for devices to come: sealed chunks, which only devices with the account's own
 * secrets open.
 *
 *   chunk:  0         1
 *           | version | sealed as section-cipher.ts has it |
 *   frame:  | length of what follows, 4 bytes, big endian | JSON |
 *
 * Version 1. Key: HKDF-SHA-256 of the seed of the account's master key, with the snapshot's id as salt, so each snapshot
 * has a key of its own. The account's and the snapshot's ids are authenticated with every chunk, its number and whether
 * it is the last one are in the nonce: the server can change, leave out, exchange or add none unnoticed, nor cut the end
 * off. Chunk 0 holds the introduction, the others frames with pages (wire/history.ts). A page begins a new chunk if it
 * does not fit in what is left of one, and goes over several if it is longer than one.
 */
import * as v from 'valibot';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import { bytesOfBase64 } from '../base64.ts';
import { HISTORY_LIMITS, historyPageSchema } from '../wire/history.ts';
import type { HistoryPage } from '../wire/history.ts';
import { jsonSchema } from '../wire/json.ts';
import { createSectionCipher, TAG_BYTES } from './section-cipher.ts';
import type { SectionCipher } from './section-cipher.ts';

const VERSION = 1;
/** Of what is sealed, in one chunk. */
const ROOM = LIMITS.snapshotChunkBytes - 1 - TAG_BYTES;
const LENGTH = 4;

const introductionSchema = v.object({
  /** About: some may come or go while it is made. */
  messages: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** When it was made, ms since 1970 by the clock of the device that made it. Absent in the earliest ones. */
  at: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(8.64e15))),
});
export type Introduction = v.InferOutput<typeof introductionSchema>;

export interface SnapshotCipher {
  seal(number: number, last: boolean, plain: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
  /** Null: not this account's chunk of this snapshot, or of a newer version. */
  open(
    number: number,
    last: boolean,
    chunk: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer> | null>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** `master`: seed of the account's master key, base64 without padding. */
export async function snapshotCipher(
  subtle: SubtleCrypto,
  master: string,
  accountId: string,
  id: string,
): Promise<SnapshotCipher> {
  const secret = bytesOfBase64(master) ?? new Uint8Array(0);
  const material = await subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  const info = encoder.encode(`holler snapshot key ${VERSION}`);
  const how = { name: 'HKDF', hash: 'SHA-256', salt: encoder.encode(id), info };
  const aes = { name: 'AES-GCM', length: 256 };
  const key = await subtle.deriveKey(how, material, aes, false, ['encrypt', 'decrypt']);
  const context = encoder.encode(`holler snapshot ${VERSION} ${accountId} ${id}`);
  return versioned(createSectionCipher(subtle, key, context));
}

function versioned(cipher: SectionCipher): SnapshotCipher {
  return {
    async seal(number, last, plain) {
      const sealed = await cipher.seal(number, last, plain);
      const chunk = new Uint8Array(1 + sealed.length);
      chunk[0] = VERSION;
      chunk.set(sealed, 1);
      return chunk;
    },
    open: async (number, last, chunk) =>
      chunk[0] === VERSION ? cipher.open(number, last, chunk.slice(1)) : null,
  };
}

// --- Writing -----------------------------------------------------------------------------------------------------

/** The sealed chunks in order, as they are asked for; one page or chunk in memory at a time. */
export async function* sealSnapshot(
  cipher: SnapshotCipher,
  introduction: Introduction,
  pages: AsyncIterable<HistoryPage>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  let held: Uint8Array<ArrayBuffer> = encoder.encode(JSON.stringify(introduction));
  let number = 0;
  // One is held back: only when nothing follows is it known to be the last.
  for await (const plain of pack(pages)) {
    yield cipher.seal(number++, false, held);
    held = plain;
  }
  yield cipher.seal(number, true, held);
}

async function* pack(pages: AsyncIterable<HistoryPage>): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  let chunk = new Uint8Array(0);
  for await (const page of pages) {
    const frame = frameOf(page);
    if (chunk.length > 0 && chunk.length + frame.length > ROOM) {
      yield chunk;
      chunk = new Uint8Array(0);
    }
    chunk = joined(chunk, frame);
    while (chunk.length > ROOM) {
      yield chunk.slice(0, ROOM);
      chunk = chunk.slice(ROOM);
    }
  }
  if (chunk.length > 0) yield chunk;
}

function frameOf(page: HistoryPage): Uint8Array<ArrayBuffer> {
  const json = encoder.encode(JSON.stringify(page));
  const frame = new Uint8Array(LENGTH + json.length);
  new DataView(frame.buffer).setUint32(0, json.length);
  frame.set(json, LENGTH);
  return frame;
}

function joined(a: Uint8Array<ArrayBuffer>, b: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

// --- Reading -----------------------------------------------------------------------------------------------------

const introductionText = jsonSchema(introductionSchema);
const pageText = jsonSchema(historyPageSchema);

export function introductionIn(plain: Uint8Array): Introduction | null {
  const parsed = v.safeParse(introductionText, decoder.decode(plain));
  return parsed.success ? parsed.output : null;
}

export interface PageReader {
  /** The pages that this chunk completes; null: what it says makes no sense. */
  take(plain: Uint8Array<ArrayBuffer>): HistoryPage[] | null;
  /** No page goes on in the next chunk: one can begin there. */
  whole(): boolean;
}

export function createPageReader(): PageReader {
  let rest: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  return {
    take(plain) {
      rest = joined(rest, plain);
      const pages: HistoryPage[] = [];
      while (rest.length >= LENGTH) {
        const end = LENGTH + new DataView(rest.buffer, rest.byteOffset).getUint32(0);
        if (end > LENGTH + HISTORY_LIMITS.pageBytes) return null;
        if (end > rest.length) break;
        const parsed = v.safeParse(pageText, decoder.decode(rest.subarray(LENGTH, end)));
        if (!parsed.success) return null;
        pages.push(parsed.output);
        rest = rest.slice(end);
      }
      return pages;
    },
    whole: () => rest.length === 0,
  };
}
