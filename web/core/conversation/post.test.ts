/** Bundles of mail that the server takes, however many letters and devices there are. */
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import type { WireLetter } from '../wire/message.ts';
import { createPost, type Letter } from './post.ts';

const letter = (id: string): WireLetter => ({ type: 'text', id, text: 'x' });
const device = (n: number) => ({ userId: 'u'.repeat(22), deviceId: `${n}`.padStart(22, 'd') });

function bundlesOf(letters: number, devices: number, bytes: number): readonly (readonly Letter[])[] {
  const post = createPost();
  for (let at = 0; at < letters; at++)
    for (let n = 0; n < devices; n++) post.add(device(n), letter(`${at}`), new Uint8Array(bytes));
  return post.bundles();
}

/** As the server counts. */
function sizeOf(bundle: readonly Letter[]) {
  const parcels = bundle.map(({ to, bytes }) => ({ to, body: 'A'.repeat(Math.ceil(bytes.length / 3) * 4) }));
  return {
    frame: JSON.stringify({ type: 'mail', ref: 1, id: 'x'.repeat(64), parcels }).length,
    parcels: parcels.length,
    items: parcels.reduce((sum, { to }) => sum + to.length, 0),
    stored: parcels.reduce((sum, { to, body }) => sum + to.length * body.length, 0),
  };
}

describe('mail', () => {
  it.each([
    [1, 1, 100],
    [200, 2, 300],
    [64, 100, 250],
    [3, 256, 2_000],
    [1, 768, 60_000],
    [2, 3_000, 500],
    [5, 5, LIMITS.relayBodyMax * 0.75],
  ])(
    '%d letters to %d devices of %d bytes go in bundles that the server takes',
    (letters, devices, bytes) => {
      const bundles = bundlesOf(letters, devices, bytes);
      for (const bundle of bundles) {
        const size = sizeOf(bundle);
        expect(size.frame).toBeLessThanOrEqual(LIMITS.socketFrameBytes);
        expect(size.parcels).toBeLessThanOrEqual(LIMITS.mailParcelsMax);
        expect(size.items).toBeLessThanOrEqual(LIMITS.mailItemsMax);
        expect(size.stored).toBeLessThanOrEqual(LIMITS.mailStoredMax);
      }
      const sent = bundles.flat().flatMap(({ id, to }) => to.map(({ deviceId }) => `${id} ${deviceId}`));
      expect(sent).toHaveLength(letters * devices);
      expect(new Set(sent).size).toBe(letters * devices);
      expect(bundles.flat().map(({ id }) => Number(id))).toEqual(
        bundles
          .flat()
          .map(({ id }) => Number(id))
          .toSorted((a, b) => a - b),
      );
    },
  );

  it('to a few devices is one bundle', () => {
    expect(bundlesOf(20, 3, 300)).toHaveLength(1);
  });
});
