import { webcrypto } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import type { HistoryPage } from '../wire/history.ts';
import { createPageReader, introductionIn, sealSnapshot, snapshotCipher } from './snapshot.ts';

const subtle = webcrypto.subtle as SubtleCrypto;
const MASTER = 'm'.repeat(43);
const ADA = 'ada-ada-ada-ada-ada-ad';
const ID = 'snapshot-snapshot-snap';

const page = (conversation: string, letters: number): HistoryPage => ({
  conversation: conversation.padEnd(22, '-'),
  readUpTo: null,
  messages: [{ text: 'x'.repeat(letters) }],
  deletions: [],
  before: null,
});
/** Small ones, one that just about fills a chunk, and one that goes over several. */
const PAGES = [page('a', 10), page('b', 100), page('c', 196_400), page('d', 700_000), page('e', 5)];

async function* each<T>(items: readonly T[]): AsyncGenerator<T, void> {
  yield* items;
}

const cipherOf = ({ master = MASTER, account = ADA, id = ID } = {}) =>
  snapshotCipher(subtle, master, account, id);

async function seal(pages: readonly HistoryPage[]) {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const cipher = await cipherOf();
  for await (const chunk of sealSnapshot(cipher, { messages: 5 }, each(pages))) chunks.push(chunk);
  return chunks;
}

describe('a snapshot', () => {
  it('comes out as it went in, in bounded chunks, and pages begin with a chunk where they can', async () => {
    const chunks = await seal(PAGES);
    expect(chunks.length).toBeGreaterThan(5);
    for (const { length } of chunks) expect(length).toBeLessThanOrEqual(LIMITS.snapshotChunkBytes);
    const cipher = await cipherOf();
    const plain = await Promise.all(chunks.map((chunk, n) => cipher.open(n, n === chunks.length - 1, chunk)));
    expect(introductionIn(plain[0]!)).toEqual({ messages: 5 });
    const reader = createPageReader();
    const wholeAfter: number[] = [];
    const read = plain.slice(1).flatMap((bytes, n) => {
      const pages = reader.take(bytes!);
      if (reader.whole()) wholeAfter.push(n);
      return pages!;
    });
    expect(read).toEqual(PAGES);
    // One can go on behind the small ones, behind the one that fills a chunk, and at the end.
    expect(wholeAfter.slice(0, 2)).toEqual([0, 1]);
    expect(wholeAfter.at(-1)).toBe(chunks.length - 2);
  });

  it('may be empty', async () => {
    const chunks = await seal([]);
    expect(chunks).toHaveLength(1);
    expect(introductionIn((await (await cipherOf()).open(0, true, chunks[0]!))!)).toEqual({ messages: 5 });
  });

  it('opens for nobody else, and as nothing else', async () => {
    const [first, second] = (await seal([page('a', 10), page('b', 196_400)])) as [
      Uint8Array<ArrayBuffer>,
      Uint8Array<ArrayBuffer>,
    ];
    const own = await cipherOf();
    expect(await own.open(1, false, second)).not.toBeNull();
    const others = [
      await cipherOf({ master: 'n'.repeat(43) }),
      await cipherOf({ account: ADA.toUpperCase() }),
      await cipherOf({ id: ID.toUpperCase() }),
    ];
    for (const cipher of others) expect(await cipher.open(1, false, second)).toBeNull();
    // Elsewhere, as the end, in place of another, changed, cut off, of another version.
    expect(await own.open(2, false, second)).toBeNull();
    expect(await own.open(1, true, second)).toBeNull();
    expect(await own.open(1, false, first)).toBeNull();
    for (const at of [0, 1, second.length - 1]) {
      const changed = second.slice();
      changed[at]! ^= 1;
      expect(await own.open(1, false, changed)).toBeNull();
    }
    expect(await own.open(1, false, second.slice(0, -1))).toBeNull();
    expect(await own.open(1, false, new Uint8Array(0))).toBeNull();
  });

  it('is not read further where it makes no sense', () => {
    const bytes = (...numbers: number[]) => new Uint8Array(numbers);
    expect(createPageReader().take(bytes(0xff, 0xff, 0xff, 0xff))).toBeNull();
    expect(createPageReader().take(bytes(0, 0, 0, 2, 0x7b, 0x7d))).toBeNull();
    expect(introductionIn(bytes(0x7b, 0x7d))).toBeNull();
  });
});
