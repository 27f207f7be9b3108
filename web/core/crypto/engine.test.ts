import { IDBFactory } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FakeDevice, KeyWorld } from '../../../tests/fakes/key-world.ts';
import { isQuickSignal } from './signal-keys.ts';
import { createKeyWorld, idOf, roomOf } from '../../../tests/fakes/key-world.ts';

vi.setConfig({ testTimeout: 120_000 });
const PATIENT = { timeout: 60_000 };

const worlds: KeyWorld[] = [];
function world(...options: Parameters<typeof createKeyWorld>) {
  // Nothing of an earlier world.
  globalThis.indexedDB = new IDBFactory();
  const made = createKeyWorld(...options);
  worlds.push(made);
  return made;
}
afterEach(() => worlds.splice(0).forEach((made) => made.end()));

async function sealed(from: FakeDevice, to: FakeDevice, content: object) {
  const result = await from.engine.seal(roomOf(from.userId, to.userId), content);
  if (!result.ok) throw new Error(result.failure.why);
  return result.value;
}

const open = (at: FakeDevice, from: FakeDevice, bytes: Uint8Array) =>
  at.engine.open(roomOf(at.userId, from.userId).id, from, bytes);

async function two(options: Parameters<typeof createKeyWorld>[0] = {}) {
  const made = world(options);
  const anna = await made.register('anna', 'anna-phone');
  const ben = await made.register('ben', 'ben-laptop');
  return { made, anna, ben };
}

/** Another device of somebody, restored with the secrets of the first. */
async function another(made: KeyWorld, first: FakeDevice, person: string, name: string) {
  const device = await made.signIn(person, name);
  await device.announce();
  const secrets = await first.engine.identity.secrets();
  expect(device.engine.identity.state.get()).toBe('needs-restore');
  expect(await device.engine.identity.restore(secrets!)).toEqual({ ok: true, value: undefined });
  expect(device.engine.identity.state.get()).toBe('ready');
  return device;
}

const address = ({ userId, deviceId }: FakeDevice) => ({ userId, deviceId });

describe('two people', () => {
  it('read what the other sealed', async () => {
    const { anna, ben } = await two();
    const { bytes, readers } = await sealed(anna, ben, { text: 'hello 你好 🙂' });
    expect(readers).toEqual([address(ben)]);
    expect(await ben.fetch()).toMatchObject({ ok: true, value: [{ did: 'take', type: 'm.room_key' }] });
    expect(await open(ben, anna, bytes)).toMatchObject({
      ok: true,
      content: { text: 'hello 你好 🙂' },
      repeat: false,
    });
    const back = await sealed(ben, anna, { text: 'yes' });
    await anna.fetch();
    expect(await open(anna, ben, back.bytes)).toMatchObject({ ok: true, content: { text: 'yes' } });
  });

  it('exchange signals, each of which can be opened once', async () => {
    const { anna, ben } = await two();
    const signal = await anna.engine.sealSignal(ben, 'v=0 offer');
    if (!signal.ok) throw new Error(signal.failure.why);
    expect(await ben.engine.openSignal(anna, signal.value)).toEqual({ ok: true, value: 'v=0 offer' });
    expect(await ben.engine.openSignal(anna, signal.value)).toMatchObject({
      ok: false,
      failure: { why: 'undecryptable' },
    });
  });

  it('lose what forty others overtook, so that nothing that comes live may be opened before what waited', async () => {
    const { anna, ben } = await two();
    const signals: Uint8Array[] = [];
    for (let n = 0; n < 50; n++) {
      const sealedOne = await anna.engine.sealSignal(ben, `signal ${n}`);
      if (sealedOne.ok) signals.push(sealedOne.value);
    }
    const openNth = async (n: number) => (await ben.engine.openSignal(anna, signals[n]!)).ok;
    expect(await openNth(49)).toBe(true);
    expect(await openNth(8)).toBe(false);
    expect(await openNth(9)).toBe(true);
  });

  it('seal signals in a quicker way once each has the other’s key', async () => {
    const { anna, ben } = await two();
    const say = async (from: FakeDevice, to: FakeDevice, text: string) => {
      const signal = await from.engine.sealSignal(to, text);
      if (!signal.ok) throw new Error(signal.failure.why);
      expect(await to.engine.openSignal(from, signal.value)).toEqual({ ok: true, value: text });
      return isQuickSignal(signal.value);
    };
    expect(await say(anna, ben, 'offer')).toBe(false);
    expect(await say(ben, anna, 'answer')).toBe(false);
    expect(await say(anna, ben, 'candidates')).toBe(true);
    expect(await say(ben, anna, 'candidates')).toBe(true);
  });

  it('know at once whom a message would be for, once it was looked up', async () => {
    const { made, anna, ben } = await two();
    const room = roomOf(anna.userId, ben.userId);
    expect(anna.engine.audience(room)).toBeNull();
    const readers = [{ userId: ben.userId, deviceId: ben.deviceId }];
    expect(await anna.engine.prepare(room)).toEqual({ ok: true, value: readers });
    expect(anna.engine.audience(room)).toEqual(readers);
    expect(anna.engine.audience({ ...room, members: [...room.members, idOf('cleo')] })).toBeNull();
    // A device that is new, or gone, must be looked up.
    await another(made, ben, 'ben', 'ben-desk');
    await anna.announce();
    expect(anna.engine.audience(room)).toBeNull();
  });

  it('share a key once, however many want to know whom a message would be for meanwhile', async () => {
    const { made, anna, ben } = await two();
    const room = roomOf(anna.userId, ben.userId);
    const looks = await Promise.all([1, 2, 3].map(() => anna.engine.prepare(room)));
    expect(looks.every(({ ok }) => ok)).toBe(true);
    expect(anna.engine.audience(room)).toHaveLength(1);
    await sealed(anna, ben, {});
    expect(made.calls.filter((call) => call === `mail ${anna.deviceId}`)).toHaveLength(1);
  });

  it('get a text of 16,000 Chinese characters through the relay', async () => {
    const { anna, ben } = await two();
    const { bytes } = await sealed(anna, ben, { text: '汉'.repeat(16_000) });
    await ben.fetch();
    expect(await open(ben, anna, bytes)).toMatchObject({ ok: true });
    expect(await anna.engine.seal(roomOf(anna.userId, ben.userId), { text: 'x'.repeat(80_000) })).toEqual({
      ok: false,
      failure: { why: 'too-large' },
    });
  });

  it('seal many at once, past the change of the key', async () => {
    const { anna, ben } = await two();
    const all = await Promise.all(Array.from({ length: 210 }, (_none, n) => sealed(anna, ben, { n })));
    await ben.fetch();
    const opened = await Promise.all(all.map(({ bytes }) => open(ben, anna, bytes)));
    expect(opened.map((one) => one.ok && (one.content as { n: number }).n)).toEqual(all.map((_one, n) => n));
    expect(new Set(opened.map((one) => one.ok && one.place.sessionId)).size).toBe(3);
  });

  it('ask the server once, and again when something is new', async () => {
    const { made, anna, ben } = await two();
    await sealed(anna, ben, {});
    const before = made.calls.length;
    await sealed(anna, ben, {});
    await anna.announce();
    await sealed(anna, ben, {});
    expect(made.calls.slice(before)).toEqual([]);
    made.raise(ben.userId);
    await anna.announce();
    await sealed(anna, ben, {});
    expect(made.calls.slice(before)).toEqual([`query ${anna.deviceId}`]);
  });
});

describe('devices', () => {
  it('of both people all read, and no other', async () => {
    const { made, anna, ben } = await two();
    const tablet = await another(made, anna, 'anna', 'anna-tablet');
    const desk = await another(made, ben, 'ben', 'ben-desk');
    await anna.announce();
    const { bytes, readers } = await sealed(anna, ben, { n: 1 });
    expect(new Set(readers.map(({ deviceId }) => deviceId))).toEqual(
      new Set([tablet, ben, desk].map(({ deviceId }) => deviceId)),
    );
    for (const device of [tablet, ben, desk]) {
      await device.fetch();
      expect(await device.engine.open(roomOf(anna.userId, ben.userId).id, anna, bytes)).toMatchObject({
        ok: true,
        content: { n: 1 },
      });
    }
  });

  it('that came later do not read what was sealed before', async () => {
    const { made, anna, ben } = await two();
    const { bytes } = await sealed(anna, ben, { n: 1 });
    const desk = await another(made, ben, 'ben', 'ben-desk');
    await anna.announce();
    const later = await sealed(anna, ben, { n: 2 });
    await desk.fetch();
    expect(await open(desk, anna, bytes)).toMatchObject({ ok: false, why: 'no-key' });
    expect(await open(desk, anna, later.bytes)).toMatchObject({ ok: true, content: { n: 2 } });
  });

  it('that were removed do not read what is sealed afterwards', async () => {
    const { made, anna, ben } = await two();
    const desk = await another(made, ben, 'ben', 'ben-desk');
    await anna.announce();
    await sealed(anna, ben, { n: 1 });
    made.removeDevice(desk.deviceId);
    await anna.announce();
    const { bytes, readers } = await sealed(anna, ben, { n: 2 });
    expect(readers).toEqual([address(ben)]);
    await desk.fetch();
    await ben.fetch();
    expect(await open(desk, anna, bytes)).toMatchObject({ ok: false, why: 'no-key' });
    expect(await open(ben, anna, bytes)).toMatchObject({ ok: true, content: { n: 2 } });
  });

  it('are restored only with the secrets of their own account', async () => {
    const { made, anna, ben } = await two();
    const tablet = await made.signIn('anna', 'anna-tablet');
    await tablet.announce();
    expect(await tablet.engine.identity.restore((await ben.engine.identity.secrets())!)).toEqual({
      ok: false,
      failure: { why: 'wrong-secrets' },
    });
    expect(tablet.engine.identity.state.get()).toBe('needs-restore');
    expect(await tablet.engine.seal(roomOf(anna.userId, ben.userId), {})).toEqual({
      ok: false,
      failure: { why: 'not-ready' },
    });
  });

  it('of a friend who never had one: sealed for nobody but oneself', async () => {
    const made = world();
    const anna = await made.register('anna', 'anna-phone');
    expect(await anna.engine.devicesOf(idOf('nobody'))).toEqual({ ok: true, value: [] });
    expect(await anna.engine.seal(roomOf(anna.userId, idOf('nobody')), {})).toMatchObject({
      ok: true,
      value: { readers: [] },
    });
    expect(anna.engine.trust(idOf('nobody')).get()).toBe('unknown');
  });
});

describe('what goes wrong on the way', () => {
  it('a server out of reach: refused, and sealed once it is back', async () => {
    const { made, anna, ben } = await two();
    made.lies.down = true;
    const refused = await anna.engine.seal(roomOf(anna.userId, ben.userId), { n: 1 });
    expect(refused).toMatchObject({ ok: false, failure: { why: 'unreachable' } });
    made.lies.down = false;
    const { bytes } = await sealed(anna, ben, { n: 1 });
    await ben.fetch();
    expect(await open(ben, anna, bytes)).toMatchObject({ ok: true });
  });

  it('a server out of reach later: what needs nothing new is sealed all the same', async () => {
    const { made, anna, ben } = await two();
    await sealed(anna, ben, { n: 1 });
    await ben.fetch();
    made.lies.down = true;
    const { bytes } = await sealed(anna, ben, { n: 2 });
    expect(await open(ben, anna, bytes)).toMatchObject({ ok: true, content: { n: 2 } });
  });

  it('the key mail fails: the key goes out with the next message', async () => {
    const { made, anna, ben } = await two();
    await anna.engine.devicesOf(ben.userId);
    let first = true;
    const { mail } = made.lies;
    made.lies.mail = (from, to) => {
      if (first) made.lies.down = true;
      first = false;
      return mail(from, to);
    };
    made.lies.down = false;
    await sealed(anna, ben, { n: 1 });
    made.lies.down = false;
    const { bytes } = await sealed(anna, ben, { n: 2 });
    await ben.fetch();
    expect(await open(ben, anna, bytes)).toMatchObject({ ok: true, content: { n: 2 } });
  });

  it('a message before its key: opened when the key comes', async () => {
    const { anna, ben } = await two();
    const { bytes } = await sealed(anna, ben, { n: 1 });
    const early = await open(ben, anna, bytes);
    expect(early).toMatchObject({ ok: false, why: 'no-key' });
    await ben.fetch();
    expect(ben.keysCame).toEqual([!early.ok && early.sessionId]);
    expect(await open(ben, anna, bytes)).toMatchObject({ ok: true });
  });

  it('a lost key: asked for again from the sender, and the same message opens', async () => {
    const { made, anna, ben } = await two();
    const { bytes } = await sealed(anna, ben, { n: 1 });
    made.boxOf(ben.deviceId).length = 0;
    expect(await open(ben, anna, bytes)).toMatchObject({ ok: false, why: 'no-key' });
    await made.time.advance(6_000);
    await expect.poll(() => made.boxOf(anna.deviceId), PATIENT).toHaveLength(1);
    await anna.fetch();
    await ben.fetch();
    expect(ben.keysCame).toHaveLength(1);
    expect(await open(ben, anna, bytes)).toMatchObject({ ok: true, content: { n: 1 } });
    // Only as that device's.
    const tablet = await another(made, anna, 'anna', 'anna-tablet');
    expect(await open(ben, tablet, bytes)).toMatchObject({ ok: false, why: 'forged' });
  });

  it('a lost key: given to nobody who may not read the room', async () => {
    const { made, anna, ben } = await two();
    const eve = await made.register('eve', 'eve-phone');
    const { bytes } = await sealed(anna, ben, { n: 1 });
    await eve.engine.devicesOf(anna.userId);
    expect(await eve.engine.open(roomOf(anna.userId, ben.userId).id, anna, bytes)).toMatchObject({
      ok: false,
      why: 'no-key',
    });
    await made.time.advance(6_000);
    await expect.poll(() => made.boxOf(anna.deviceId), PATIENT).toHaveLength(1);
    expect(await anna.fetch()).toMatchObject({ value: [{ did: 'take', type: 'holler.key-request' }] });
    expect(made.boxOf(eve.deviceId)).toEqual([]);
  });

  it('an event that cannot be opened: the two devices begin anew', async () => {
    const { made, anna, ben } = await two();
    await ben.engine.devicesOf(anna.userId);
    await sealed(anna, ben, { n: 1 });
    await sealed(ben, anna, { n: 1 });
    await ben.fetch();
    await anna.fetch();
    const signal = await anna.engine.sealSignal(ben, 'one');
    if (!signal.ok) throw new Error(signal.failure.why);
    const broken = signal.value.slice();
    broken[broken.length - 1]! ^= 1;
    expect(await ben.engine.openSignal(anna, broken)).toMatchObject({ failure: { why: 'undecryptable' } });
    await expect.poll(() => made.boxOf(anna.deviceId), PATIENT).toHaveLength(1);
    expect(await anna.fetch()).toMatchObject({ value: [{ did: 'take', type: 'holler.session' }] });
    const next = await anna.engine.sealSignal(ben, 'two');
    expect(next.ok && (await ben.engine.openSignal(anna, next.value))).toEqual({ ok: true, value: 'two' });
  });

  it('one-time keys: made anew when they run short, and the fallback key serves meanwhile', async () => {
    const { made, anna, ben } = await two();
    const stored = made.devices.get(ben.deviceId)!;
    stored.oneTime = {};
    const { bytes } = await sealed(anna, ben, { n: 1 });
    expect(stored.fallbackUsed).toBe(true);
    await ben.fetch();
    expect(await open(ben, anna, bytes)).toMatchObject({ ok: true });
    await ben.announce();
    await expect.poll(() => Object.keys(stored.oneTime), PATIENT).toHaveLength(50);
    expect(stored.fallbackUsed).toBe(false);
  });
});

describe('a new device', () => {
  it('brings the server a fallback key, though it heard what the server lacks while its first keys were on the way', async () => {
    const made = world();
    const cat = await made.signIn('cat', 'cat-phone');
    let arrive = (): void => undefined;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    let sent = false;
    made.lies.upload = () => {
      sent = true;
      return arrived;
    };
    const checked = cat.engine.identity.check();
    await expect.poll(() => sent).toBe(true);
    const announced = cat.engine.announce({
      counts: { oneTimeKeys: 0, fallbackUsed: true },
      versions: { [cat.userId]: 0 },
    });
    // Were it taken in at once, it would be by now.
    await new Promise((resolve) => setTimeout(resolve, 50));
    arrive();
    await checked;
    await announced;
    const { oneTime, fallback } = made.devices.get(cat.deviceId)!;
    expect(Object.values(fallback)).toMatchObject([{ fallback: true }]);
    expect(Object.keys(oneTime)).toHaveLength(50);
  });
});

describe('repeats', () => {
  it('are told, once the first was settled', async () => {
    const { anna, ben } = await two();
    const { bytes } = await sealed(anna, ben, { n: 1 });
    const other = await sealed(anna, ben, { n: 2 });
    await ben.fetch();
    const first = await open(ben, anna, bytes);
    expect(await open(ben, anna, bytes)).toMatchObject({ ok: true, repeat: false });
    if (first.ok) await ben.engine.settle([first.place]);
    expect(await open(ben, anna, bytes)).toMatchObject({ ok: true, repeat: true });
    expect(await open(ben, anna, other.bytes)).toMatchObject({ ok: true, repeat: false });
  });
});

describe('a tab that was killed', () => {
  it('goes on over its store: same keys, nothing asked again, nothing read twice', async () => {
    const { made, anna, ben } = await two({ stored: true });
    const { bytes } = await sealed(anna, ben, { n: 1 });
    const later = await sealed(anna, ben, { n: 2 });
    await ben.fetch();
    const first = await open(ben, anna, bytes);
    if (first.ok) await ben.engine.settle([first.place]);
    const calls = made.calls.length;
    made.lies.down = true;
    const again = await ben.reopen();
    expect(again.engine.durable).toBe(true);
    expect(again.engine.identity.state.get()).toBe('ready');
    expect(await open(again, anna, bytes)).toMatchObject({ ok: true, repeat: true });
    expect(await open(again, anna, later.bytes)).toMatchObject({
      ok: true,
      repeat: false,
      content: { n: 2 },
    });
    expect(made.calls.slice(calls)).toEqual([]);
  });

  it('before it took its events in: they are there again and taken', async () => {
    const { made, anna, ben } = await two({ stored: true });
    const { bytes } = await sealed(anna, ben, { n: 1 });
    const waiting = [...made.boxOf(ben.deviceId)];
    void ben.fetch();
    const again = await ben.reopen();
    await again.engine.takeEvents(waiting);
    expect(await open(again, anna, bytes)).toMatchObject({ ok: true });
  });

  it('and whose storage the browser deleted since: the device is lost, whatever its identity is', async () => {
    const { ben } = await two();
    const again = await ben.reopen();
    await again.announce();
    await again.engine.identity.check();
    expect(again.engine.identity.state.get()).toBe('lost');
    expect(again.engine.audience(roomOf(idOf('anna'), ben.userId))).toBeNull();
  });

  it('while it made its identity: that is gone on with', async () => {
    const made = world({ stored: true });
    const anna = await made.signIn('anna', 'anna-phone');
    made.lies.down = true;
    expect(await anna.engine.identity.create()).toMatchObject({ ok: false, failure: { why: 'unreachable' } });
    made.lies.down = false;
    const again = await anna.reopen();
    await again.announce();
    await again.engine.identity.check();
    expect(again.engine.identity.state.get()).toBe('missing');
    await again.engine.identity.create();
    expect(again.engine.identity.state.get()).toBe('ready');
  });
});

describe('an engine that died', () => {
  it('says so, at once and ever after, and lets go of who waits for it', async () => {
    const { made, anna, ben } = await two();
    const { bytes } = await sealed(anna, ben, { n: 1 });
    const waiting = ben.fetch();
    made.panic(ben.deviceId);
    const broken = { ok: false, failure: { why: 'broken' } };
    expect(await waiting).toEqual(broken);
    expect(ben.engine.broken.get()).toBe(true);
    expect(await ben.engine.seal(roomOf(anna.userId, ben.userId), {})).toEqual(broken);
    expect(await open(ben, anna, bytes)).toMatchObject({ ok: false, why: 'broken' });
    expect(anna.engine.broken.get()).toBe(false);
  });
});
