/** Rooms of many, with real engines: who reads what, before and after people come and go. */
import { IDBFactory } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakeDevice, KeyWorld, Letter } from '../../../tests/fakes/key-world.ts';
import { createKeyWorld, groupRoom } from '../../../tests/fakes/key-world.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const PATIENT = { timeout: 60_000 };

let world: KeyWorld;
let anna: FakeDevice;
let ben: FakeDevice;
let cleo: FakeDevice;
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  world = createKeyWorld({ stored: true });
  anna = await world.register('anna', 'anna-phone');
  ben = await world.register('ben', 'ben-laptop');
  cleo = await world.register('cleo', 'cleo-tablet');
});
afterEach(() => world.end());

async function sealed(from: FakeDevice, members: readonly FakeDevice[], content: object) {
  const result = await from.engine.seal(groupRoom(...members), content);
  if (!result.ok) throw new Error(result.failure.why);
  return result.value;
}
const open = (at: FakeDevice, from: FakeDevice, bytes: Uint8Array) =>
  at.engine.open(groupRoom().id, from, bytes);
const names = (readers: readonly { readonly deviceId: string }[]) =>
  readers.map(({ deviceId }) => deviceId).toSorted();
/** Takes in whatever waits, and keeps what came. */
async function fetch(device: FakeDevice): Promise<readonly Letter[]> {
  const got = [...world.boxOf(device.deviceId)];
  await device.fetch();
  return got;
}

describe('a group', () => {
  it('is sealed for once, and all members read it', async () => {
    const { bytes, readers } = await sealed(anna, [anna, ben, cleo], { n: 1 });
    expect(names(readers)).toEqual([ben.deviceId, cleo.deviceId].toSorted());
    for (const member of [ben, cleo]) {
      await fetch(member);
      expect(await open(member, anna, bytes)).toMatchObject({ ok: true, content: { n: 1 } });
    }
    const back = await sealed(cleo, [anna, ben, cleo], { n: 2 });
    await fetch(ben);
    expect(await open(ben, cleo, back.bytes)).toMatchObject({ ok: true, content: { n: 2 } });
  });

  it('a removed member cannot open what comes after, with all that ever reached their device', async () => {
    const before = await sealed(anna, [anna, ben, cleo], { n: 1 });
    const had = await fetch(cleo);
    expect(await open(cleo, anna, before.bytes)).toMatchObject({ ok: true });

    // Cleo is removed. Whoever carries the bytes gives them to her device all the same, again and again.
    const after: Uint8Array[] = [];
    for (const n of [2, 3, 4]) {
      const { bytes, readers } = await sealed(anna, [anna, ben], { n });
      expect(names(readers)).toEqual([ben.deviceId]);
      after.push(bytes);
    }
    const came = await fetch(cleo);
    expect(came).toEqual([]);
    // Keys that went to others are of no use to her, nor are her own, taken in again.
    await cleo.engine.takeEvents([...had, ...world.boxOf(ben.deviceId)]);
    for (const bytes of after) {
      expect(await open(cleo, anna, bytes)).toMatchObject({ ok: false, why: 'no-key' });
    }
    // Her engine asks for the keys; nobody answers.
    await world.time.advance(6_000);
    await expect.poll(() => world.boxOf(anna.deviceId).length, PATIENT).toBeGreaterThan(0);
    await fetch(anna);
    await fetch(cleo);
    expect(await open(cleo, anna, after[0]!)).toMatchObject({ ok: false, why: 'no-key' });
    await fetch(ben);
    expect(await open(ben, anna, after[0]!)).toMatchObject({ ok: true, content: { n: 2 } });
  });

  it('so it is when the sender was not running at the removal', async () => {
    await sealed(anna, [anna, ben, cleo], { n: 1 });
    await fetch(cleo);
    const again = await anna.reopen();
    await again.announce();
    const { bytes } = await sealed(again, [anna, ben], { n: 2 });
    await fetch(cleo);
    expect(await open(cleo, anna, bytes)).toMatchObject({ ok: false, why: 'no-key' });
  });

  it('a new member reads nothing from before, also by asking for the key', async () => {
    const before = await sealed(anna, [anna, ben], { n: 1 });
    const after = await sealed(anna, [anna, ben, cleo], { n: 2 });
    await fetch(cleo);
    expect(await open(cleo, anna, after.bytes)).toMatchObject({ ok: true, content: { n: 2 } });
    expect(await open(cleo, anna, before.bytes)).toMatchObject({ ok: false, why: 'no-key' });
    await world.time.advance(6_000);
    await expect.poll(() => world.boxOf(anna.deviceId).length, PATIENT).toBeGreaterThan(0);
    await fetch(anna);
    await fetch(cleo);
    expect(await open(cleo, anna, before.bytes)).toMatchObject({ ok: false, why: 'no-key' });
  });

  it('a lost key is given again to a member who was there', async () => {
    const { bytes } = await sealed(anna, [anna, ben, cleo], { n: 1 });
    world.boxOf(ben.deviceId).length = 0;
    expect(await open(ben, anna, bytes)).toMatchObject({ ok: false, why: 'no-key' });
    await world.time.advance(6_000);
    await expect.poll(() => world.boxOf(anna.deviceId).length, PATIENT).toBeGreaterThan(0);
    await fetch(anna);
    await fetch(ben);
    expect(await open(ben, anna, bytes)).toMatchObject({ ok: true, content: { n: 1 } });
  });

  it('a member’s removed device reads nothing more', async () => {
    const old = await world.signIn('cleo', 'cleo-old');
    await old.announce();
    await old.engine.identity.restore((await cleo.engine.identity.secrets())!);
    await anna.announce();
    const first = await sealed(anna, [anna, ben, cleo], { n: 1 });
    expect(names(first.readers)).toContain(old.deviceId);
    await fetch(old);
    world.removeDevice(old.deviceId);
    await anna.announce();
    const { bytes, readers } = await sealed(anna, [anna, ben, cleo], { n: 2 });
    expect(names(readers)).not.toContain(old.deviceId);
    await fetch(old);
    expect(await open(old, anna, bytes)).toMatchObject({ ok: false, why: 'no-key' });
  });

  it('whose identity changed is left out until the person decides; the others go on', async () => {
    await sealed(anna, [anna, ben, cleo], { n: 1 });
    const other = createKeyWorld();
    const evil = await other.register('cleo', 'cleo-evil');
    world.devices.set(evil.deviceId, other.devices.get(evil.deviceId)!);
    world.identities.set(cleo.userId, other.identities.get(cleo.userId)!);
    world.raise(cleo.userId);
    await anna.announce();
    const { bytes, readers } = await sealed(anna, [anna, ben, cleo], { n: 2 });
    expect(names(readers)).toEqual([ben.deviceId]);
    expect(anna.engine.trust(cleo.userId).get()).toBe('changed');
    await fetch(ben);
    expect(await open(ben, anna, bytes)).toMatchObject({ ok: true });
    await fetch(cleo);
    expect(await open(cleo, anna, bytes)).toMatchObject({ ok: false, why: 'no-key' });

    await anna.engine.accept(cleo.userId);
    const accepted = await sealed(anna, [anna, ben, cleo], { n: 3 });
    expect(names(accepted.readers)).toContain(evil.deviceId);
    other.end();
  });
});

describe('signing', () => {
  it('is by the master key that others have pinned, and any Ed25519 verifies it', async () => {
    const signed = await anna.engine.sign('a text 文');
    if (!signed.ok) throw new Error(signed.failure.why);
    const { key, signature } = signed.value;
    expect(await ben.engine.keysOf([anna.userId])).toEqual({
      ok: true,
      value: new Map([[anna.userId, key]]),
    });
    const bytes = (base64: string) => Uint8Array.from(Buffer.from(base64, 'base64'));
    const imported = await crypto.subtle.importKey('raw', bytes(key), 'Ed25519', false, ['verify']);
    const verify = (text: string) =>
      crypto.subtle.verify('Ed25519', imported, bytes(signature), new TextEncoder().encode(text));
    expect(await verify('a text 文')).toBe(true);
    expect(await verify('another text')).toBe(false);
  });

  it('needs the secrets of one’s identity', async () => {
    const fresh = await world.signIn('anna', 'anna-new');
    await fresh.announce();
    expect(await fresh.engine.sign('x')).toEqual({ ok: false, failure: { why: 'not-ready' } });
  });

  it('nobody’s key is told whose identity changed, until the person decides', async () => {
    await anna.engine.keysOf([ben.userId]);
    const other = createKeyWorld();
    await other.register('ben', 'ben-evil');
    world.identities.set(ben.userId, other.identities.get(ben.userId)!);
    world.raise(ben.userId);
    await anna.announce();
    expect(await anna.engine.keysOf([ben.userId])).toEqual({ ok: true, value: new Map() });
    other.end();
  });
});

describe('telling', () => {
  it('reaches all devices of the people, and says for certain who told', async () => {
    expect(await anna.engine.tell([ben.userId, cleo.userId], { secret: 's' })).toMatchObject({ ok: true });
    await fetch(ben);
    await fetch(cleo);
    const from = { userId: anna.userId, deviceId: anna.deviceId };
    expect(ben.told).toEqual([{ from, content: { secret: 's' } }]);
    expect(cleo.told).toHaveLength(1);
    expect(anna.told).toEqual([]);
  });
});
