import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeTime } from '../../../tests/fakes/time.ts';
import type { Address } from './address.ts';
import type { Notes } from './notes.ts';
import { memoryNotes } from './notes.ts';
import { createSignalKeys, isQuickSignal } from './signal-keys.ts';
import type { SignalKeys } from './signal-keys.ts';

const anna: Address = { userId: 'anna', deviceId: 'phone' };
const ben: Address = { userId: 'ben', deviceId: 'desk' };
const DAY = 86_400_000;

let time: ReturnType<typeof createFakeTime>;
let annasNotes: Notes;
let annas: SignalKeys;
let bens: SignalKeys;

const open = (me: Address, notes: Notes): SignalKeys =>
  createSignalKeys({
    subtle: crypto.subtle,
    me,
    notes,
    clock: time.clock,
    random: { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) },
  });

/** As when the engine seals one signal each way, and each carries what it should. */
async function exchange(): Promise<void> {
  await bens.take(anna, (await annas.offer(ben))!);
  await annas.take(ben, (await bens.offer(anna))!);
}

async function sealed(by: SignalKeys, to: Address, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await by.seal(to, text);
  if (bytes === null) throw new Error('not sealed');
  return bytes;
}

beforeEach(() => {
  time = createFakeTime();
  annasNotes = memoryNotes();
  annas = open(anna, annasNotes);
  bens = open(ben, memoryNotes());
});

describe('two devices', () => {
  it('use no key before the other one is known to have it', async () => {
    expect(await annas.seal(ben, 'offer')).toBeNull();
    await bens.take(anna, (await annas.offer(ben))!);
    expect(await annas.seal(ben, 'offer')).toBeNull();
    expect(await bens.seal(anna, 'answer')).toBeNull();
  });

  it('exchange signals both ways, the second device as soon as it hears that its key arrived', async () => {
    await exchange();
    const offer = await sealed(annas, ben, 'offer');
    expect(isQuickSignal(offer)).toBe(true);
    expect(await bens.open(anna, offer)).toBe('offer');
    expect(await annas.open(ben, await sealed(bens, anna, 'answer'))).toBe('answer');
  });

  it('go on after the page was loaded again', async () => {
    await exchange();
    annas = open(anna, annasNotes);
    expect(await bens.open(anna, await sealed(annas, ben, 'offer'))).toBe('offer');
  });

  it('that offer a key several times offer the same one until it is known to have arrived', async () => {
    const first = await annas.offer(ben);
    expect(await annas.offer(ben)).toEqual(first);
    await bens.take(anna, first!);
    await annas.take(ben, (await bens.offer(anna))!);
    expect((await annas.offer(ben))?.key.id).not.toBe(first?.key.id);
  });
});

describe('refuses', () => {
  beforeEach(exchange);

  it('a signal that was opened before, and one that is older', async () => {
    const one = await sealed(annas, ben, 'one');
    const two = await sealed(annas, ben, 'two');
    expect(await bens.open(anna, two)).toBe('two');
    expect(await bens.open(anna, two)).toBeNull();
    expect(await bens.open(anna, one)).toBeNull();
  });

  it('one that is passed off as another device’s, or is handed to another device', async () => {
    const eve: Address = { userId: 'eve', deviceId: 'tablet' };
    const offer = await sealed(annas, ben, 'offer');
    expect(await bens.open(eve, offer)).toBeNull();
    expect(await open(eve, memoryNotes()).open(anna, offer)).toBeNull();
    // Its own words, thrown back at it.
    expect(await annas.open(ben, offer)).toBeNull();
    expect(await bens.open(anna, offer)).toBe('offer');
  });

  it.each([2, 9, 10, 21, 22, 40])('one whose byte %i was altered', async (at) => {
    const offer = await sealed(annas, ben, 'offer');
    offer[at]! ^= 1;
    expect(await bens.open(anna, offer)).toBeNull();
  });

  it('every beginning of one', async () => {
    const offer = await sealed(annas, ben, 'offer');
    for (let length = 0; length < offer.length; length++)
      expect(await bens.open(anna, offer.subarray(0, length))).toBeNull();
  });

  it.each([
    ['nothing', {}],
    ['a short key', { key: { id: 'AAAAAAAAAAA=', key: 'AAAA' }, has: null }],
    ['a key without a name', { key: { id: '', key: `${'A'.repeat(43)}=` }, has: null }],
  ])('an offer of %s: the key before it stays', async (_what, content) => {
    await bens.take(anna, content);
    expect(await bens.open(anna, await sealed(annas, ben, 'offer'))).toBe('offer');
  });
});

describe('a key', () => {
  beforeEach(exchange);

  it('that the other device may have lost is not relied on, and another one is offered', async () => {
    bens = open(ben, memoryNotes());
    expect(await bens.open(anna, await sealed(annas, ben, 'offer'))).toBeNull();
    await time.advance(3_001);
    expect(await annas.seal(ben, 'again')).toBeNull();
    await exchange();
    expect(await bens.open(anna, await sealed(annas, ben, 'again'))).toBe('again');
  });

  it('is relied on again long after a last word that needed no answer', async () => {
    await sealed(annas, ben, 'bye');
    await time.advance(120_001);
    expect(await annas.seal(ben, 'offer')).not.toBeNull();
  });

  it('is followed by another one after a week', async () => {
    await time.advance(7 * DAY);
    expect(await annas.seal(ben, 'offer')).toBeNull();
    await exchange();
    expect(await annas.seal(ben, 'offer')).not.toBeNull();
  });

  it('cannot be taken out of the store', async () => {
    const pair = (await annasNotes.get('signals ben desk')) as { ours: { key: CryptoKey } };
    await expect(crypto.subtle.exportKey('raw', pair.ours.key)).rejects.toThrow();
  });
});
