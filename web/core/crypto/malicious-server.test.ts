/** A server that betrays those who trust it. Each attack has one outcome; the names say which. */
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakeDevice, KeyWorld, Query } from '../../../tests/fakes/key-world.ts';
import { createKeyWorld, idOf, roomOf } from '../../../tests/fakes/key-world.ts';
import { isQuickSignal } from './signal-keys.ts';
import { engineUserId } from '../../../signaling/protocol/keys.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const PATIENT = { timeout: 60_000 };

let world: KeyWorld;
let anna: FakeDevice;
let ben: FakeDevice;

beforeEach(async () => {
  world = createKeyWorld();
  anna = await world.register('anna', 'anna-phone');
  ben = await world.register('ben', 'ben-laptop');
});
afterEach(() => world.end());

const room = () => roomOf(anna.userId, ben.userId);
const seal = (from: FakeDevice, content: object = { n: 1 }) => from.engine.seal(room(), content);
async function bytesFrom(from: FakeDevice, content: object = { n: 1 }) {
  const result = await seal(from, content);
  if (!result.ok) throw new Error(result.failure.why);
  return result.value.bytes;
}
const open = (at: FakeDevice, from: { userId: string; deviceId: string }, bytes: Uint8Array) =>
  at.engine.open(room().id, from, bytes);

/** What a device of another world, in the same person's name, would have published. */
async function impostor(person: string, device: string) {
  const other = createKeyWorld();
  const made = await other.register(person, device);
  return { other, made, end: () => other.end() };
}

describe('a malicious server that injects a device', () => {
  it('without its owner’s signature: it gets no key, can be sent no signal, and is not believed', async () => {
    const evil = await world.signIn('ben', 'ben-evil');
    await evil.announce();
    await anna.announce();
    const bytes = await bytesFrom(anna);
    expect(await anna.engine.devicesOf(ben.userId)).toEqual({ ok: true, value: [ben.deviceId] });
    expect(world.boxOf(evil.deviceId)).toEqual([]);
    expect(await open(evil, anna, bytes)).toMatchObject({ ok: false, why: 'no-key' });
    expect(await anna.engine.sealSignal(evil, 'offer')).toEqual({
      ok: false,
      failure: { why: 'untrusted-device' },
    });
  });

  it('with the signature of an identity of its own: the identity is another one, and nothing is sent', async () => {
    await bytesFrom(anna);
    const { made, other, end } = await impostor('ben', 'ben-evil');
    world.devices.set(made.deviceId, other.devices.get(made.deviceId)!);
    world.lies.query = (_asker, answer) =>
      withIdentity(answer, ben.userId, other.identities.get(ben.userId)!);
    world.raise(ben.userId);
    await anna.announce();
    expect(await seal(anna)).toEqual({
      ok: false,
      failure: { why: 'identity-changed', userId: ben.userId },
    });
    end();
  });
});

const keysOf = ({ devices }: KeyWorld, { deviceId }: FakeDevice) => devices.get(deviceId)!.keys;

type Identity = NonNullable<ReturnType<KeyWorld['identities']['get']>>;

function withIdentity(answer: Query, person: string, identity: Identity): Query {
  const user = engineUserId(person);
  if (!(user in answer.device_keys)) return answer;
  return {
    ...answer,
    master_keys: { ...answer.master_keys, [user]: identity.master_key },
    self_signing_keys: { ...answer.self_signing_keys, [user]: identity.self_signing_key },
  };
}

describe('a malicious server that swaps an identity', () => {
  async function swapped() {
    const { made, other, end } = await impostor('ben', 'ben-evil');
    world.devices.set(made.deviceId, other.devices.get(made.deviceId)!);
    world.identities.set(ben.userId, other.identities.get(ben.userId)!);
    world.raise(ben.userId);
    return { made, end };
  }

  it('before first use: it is taken on trust, as a first one', async () => {
    const { end } = await swapped();
    await anna.announce();
    await anna.engine.devicesOf(ben.userId);
    await expect.poll(() => anna.engine.trust(ben.userId).get(), PATIENT).toBe('first-use');
    end();
  });

  it('after first use: nothing is sent, opened or signalled until the person accepts it', async () => {
    await bytesFrom(anna);
    const before = await bytesFrom(ben);
    await anna.fetch();
    const { made, end } = await swapped();
    await anna.announce();
    const refused = { ok: false, failure: { why: 'identity-changed', userId: ben.userId } };
    expect(await seal(anna)).toEqual(refused);
    expect(anna.engine.trust(ben.userId).get()).toBe('changed');
    expect(await anna.engine.sealSignal(made, 'offer')).toEqual(refused);
    expect(await anna.engine.openSignal(ben, before)).toEqual(refused);
    expect(anna.engine.audience(room())).toBeNull();
    expect(await anna.engine.prepare(room())).toEqual(refused);
    expect(await open(anna, ben, before)).toMatchObject({ ok: false, why: 'identity-changed' });

    await anna.engine.accept(ben.userId);
    expect(anna.engine.trust(ben.userId).get()).toBe('first-use');
    const now = await seal(anna);
    expect(now.ok && now.value.readers.map(({ deviceId }) => deviceId)).toEqual([made.deviceId]);
    end();
  });

  it('and back again: what was trusted before is trusted', async () => {
    await bytesFrom(anna);
    const own = world.identities.get(ben.userId)!;
    const { end } = await swapped();
    await anna.announce();
    expect(await seal(anna)).toMatchObject({ ok: false });
    world.identities.set(ben.userId, own);
    world.raise(ben.userId);
    await anna.announce();
    expect(await seal(anna)).toMatchObject({ ok: true });
    end();
  });

  it('one’s own: this device sends nothing more, and says that it must be restored', async () => {
    const secrets = await anna.engine.identity.secrets();
    const own = world.identities.get(anna.userId)!;
    const { other, end } = await impostor('anna', 'anna-evil');
    world.identities.set(anna.userId, other.identities.get(anna.userId)!);
    world.raise(anna.userId);
    await anna.announce();
    expect(anna.engine.identity.state.get()).toBe('needs-restore');
    expect(await seal(anna)).toEqual({ ok: false, failure: { why: 'not-ready' } });
    expect(await anna.engine.identity.restore(secrets!)).toEqual({
      ok: false,
      failure: { why: 'wrong-secrets' },
    });
    world.identities.set(anna.userId, own);
    world.raise(anna.userId);
    await anna.announce();
    expect(await anna.engine.identity.restore(secrets!)).toMatchObject({ ok: true });
    expect(await seal(anna)).toMatchObject({ ok: true });
    end();
  });

  it('hides it: the one that is known stays', async () => {
    await bytesFrom(anna);
    world.identities.delete(ben.userId);
    world.raise(ben.userId);
    await anna.announce();
    expect(await seal(anna)).toMatchObject({ ok: true, value: { readers: [{ deviceId: ben.deviceId }] } });
    expect(anna.engine.trust(ben.userId).get()).toBe('first-use');
  });

  it('hides one’s own from a device that lacks its secrets: it is not replaced by accident', async () => {
    const tablet = await world.signIn('anna', 'anna-tablet');
    await tablet.announce();
    world.identities.delete(anna.userId);
    world.raise(anna.userId);
    await tablet.announce();
    expect(tablet.engine.identity.state.get()).toBe('needs-restore');
  });
});

describe('a malicious server that answers with someone else’s keys', () => {
  it('for a device: that device is none of the friend’s', async () => {
    const eve = await world.register('eve', 'eve-phone');
    world.lies.query = (_asker, answer) => {
      const user = engineUserId(ben.userId);
      if (user in answer.device_keys)
        answer.device_keys[user] = { [ben.deviceId]: world.devices.get(eve.deviceId)!.keys };
      return answer;
    };
    expect(await anna.engine.devicesOf(ben.userId)).toEqual({ ok: true, value: [] });
    await bytesFrom(anna);
    expect(world.boxOf(eve.deviceId)).toEqual([]);
  });

  it.each([
    ['somebody else’s keys', async () => keysOf(world, await world.register('eve', 'eve-phone'))],
    [
      'keys of its own, in the friend’s name',
      async () => {
        const { other, made, end } = await impostor('ben', 'ben-laptop');
        const keys = keysOf(other, made);
        end();
        return keys;
      },
    ],
  ])('for a device that is known, %s: those that are known stay in force', async (_whose, makeKeys) => {
    await bytesFrom(anna);
    const keys = await makeKeys();
    world.lies.query = (_asker, answer) => {
      const user = engineUserId(ben.userId);
      if (user in answer.device_keys) answer.device_keys[user] = { [ben.deviceId]: keys };
      return answer;
    };
    world.raise(ben.userId);
    await anna.announce();
    const bytes = await bytesFrom(anna, { n: 2 });
    await ben.fetch();
    expect(await open(ben, anna, bytes)).toMatchObject({ ok: true, content: { n: 2 } });
    expect(anna.engine.trust(ben.userId).get()).toBe('first-use');
  });

  it('for an identity: it is not taken', async () => {
    const eve = await world.register('eve', 'eve-phone');
    world.lies.query = (_asker, answer) =>
      withIdentity(answer, ben.userId, world.identities.get(eve.userId)!);
    await anna.engine.devicesOf(ben.userId);
    expect(anna.engine.trust(ben.userId).get()).toBe('unknown');
    expect(await seal(anna)).toMatchObject({ ok: true, value: { readers: [] } });
  });

  it('for a one-time key: no session begins, and that device is no reader', async () => {
    const eve = await world.register('eve', 'eve-phone');
    world.lies.claim = (_asker, answer) => {
      const theirs = answer.one_time_keys[engineUserId(ben.userId)];
      if (theirs) theirs[ben.deviceId] = world.devices.get(eve.deviceId)!.oneTime;
      return answer;
    };
    expect(await seal(anna)).toMatchObject({ ok: true, value: { readers: [] } });
    expect(world.boxOf(ben.deviceId)).toEqual([]);
  });
});

describe('a malicious server that repeats and reorders', () => {
  it('an event: it is refused', async () => {
    await bytesFrom(anna);
    const [event] = [...world.boxOf(ben.deviceId)];
    await ben.fetch();
    expect(await ben.engine.takeEvents([event!])).toEqual({
      ok: true,
      value: [{ did: 'refuse', why: 'undecryptable' }],
    });
  });

  it('an event without end: a new session is begun once, so no keys are used up', async () => {
    await bytesFrom(anna);
    const [event] = [...world.boxOf(ben.deviceId)];
    await ben.fetch();
    for (let times = 0; times < 20; times++) await ben.engine.takeEvents([event!]);
    await expect.poll(() => world.boxOf(anna.deviceId).length, PATIENT).toBe(1);
    expect(world.calls.filter((call) => call === `claim ${ben.deviceId}`)).toHaveLength(1);
  });

  it('a message: it is told apart', async () => {
    const bytes = await bytesFrom(anna);
    await ben.fetch();
    const first = await open(ben, anna, bytes);
    if (first.ok) await ben.engine.settle([first.place]);
    expect(await open(ben, anna, bytes)).toMatchObject({ ok: true, repeat: true });
  });

  it('messages and events: each opens once its key is there', async () => {
    const sent: Uint8Array[] = [];
    for (let n = 0; n < 5; n++) sent.push(await bytesFrom(anna, { n }));
    expect(await open(ben, anna, sent[4]!)).toMatchObject({ ok: false, why: 'no-key' });
    await ben.fetch();
    const opened = await Promise.all(sent.toReversed().map((bytes) => open(ben, anna, bytes)));
    expect(opened.map((one) => one.ok && (one.content as { n: number }).n)).toEqual([4, 3, 2, 1, 0]);
  });
});

describe('a malicious server that forges', () => {
  it('the sender of a message: another person', async () => {
    const eve = await world.register('eve', 'eve-phone');
    await ben.engine.devicesOf(eve.userId);
    const bytes = await bytesFrom(anna);
    await ben.fetch();
    expect(await open(ben, eve, bytes)).toMatchObject({ ok: false, why: 'forged' });
  });

  it('the sender of a message: another device of the same person', async () => {
    const bytes = await bytesFrom(anna);
    await ben.fetch();
    expect(await open(ben, { userId: anna.userId, deviceId: idOf('anna-other') }, bytes)).toMatchObject({
      ok: false,
      why: 'forged',
    });
  });

  it('the sender of a signal: another person, another device', async () => {
    const eve = await world.register('eve', 'eve-phone');
    await ben.engine.devicesOf(eve.userId);
    for (const from of [address(eve), { userId: anna.userId, deviceId: idOf('anna-other') }]) {
      const signal = await anna.engine.sealSignal(ben, 'offer');
      const opened = signal.ok && (await ben.engine.openSignal(from, signal.value));
      expect(opened).toMatchObject({ ok: false });
    }
  });

  it('the recipient of a signal: another device cannot open it', async () => {
    const eve = await world.register('eve', 'eve-phone');
    const signal = await anna.engine.sealSignal(ben, 'offer');
    expect(signal.ok && (await eve.engine.openSignal(anna, signal.value))).toMatchObject({
      ok: false,
      failure: { why: 'undecryptable' },
    });
  });

  it('the room: it does not open there', async () => {
    const eve = await world.register('eve', 'eve-phone');
    const bytes = await bytesFrom(anna);
    await ben.fetch();
    expect(await ben.engine.open(roomOf(ben.userId, eve.userId).id, anna, bytes)).toMatchObject({
      ok: false,
      why: 'no-key',
    });
  });

  it.each([
    ['cut short', (bytes: Uint8Array) => bytes.slice(0, -9), 'forged'],
    ['cut to its head', (bytes: Uint8Array) => bytes.slice(0, 34), 'malformed'],
    ['altered', (bytes: Uint8Array) => bytes.map((byte, at) => (at === 60 ? byte ^ 1 : byte)), 'forged'],
    ['with another index', (bytes: Uint8Array) => bytes.map((byte, at) => (at === 36 ? 9 : byte)), 'forged'],
    ['of a later version', (bytes: Uint8Array) => bytes.map((byte, at) => (at === 0 ? 7 : byte)), 'version'],
    [
      'far too large',
      (bytes: Uint8Array) => Uint8Array.from([...bytes, ...new Uint8Array(80_000)]),
      'too-large',
    ],
  ])('a message that is %s', async (_name, spoil, why) => {
    const bytes = await bytesFrom(anna);
    await ben.fetch();
    expect(await open(ben, anna, spoil(bytes))).toMatchObject({ ok: false, why });
    expect(await open(ben, anna, bytes)).toMatchObject({ ok: true });
  });

  it('events: rubbish is refused one by one, and what is real among it is taken', async () => {
    await bytesFrom(anna);
    const [event] = world.boxOf(ben.deviceId).splice(0);
    const rubbish = [
      [],
      [2],
      [2, 2, 0],
      [2, 2, 0, ...new Uint8Array(40)],
      [9, 9, 9],
      [...new Uint8Array(80_000)],
    ];
    const letters = [
      ...rubbish.map((bytes) => ({ from: address(anna), bytes: Uint8Array.from(bytes) })),
      event!,
    ];
    const taken = await ben.engine.takeEvents(letters);
    expect(taken.ok && taken.value.map((one) => one.did)).toEqual([...rubbish.map(() => 'refuse'), 'take']);
  });
});

async function signalFrom(from: FakeDevice) {
  const signal = await from.engine.sealSignal(anna, 'offer');
  return signal.ok ? signal.value : null;
}

/** As after the two exchanged signals before. */
async function quickSignalFrom(from: FakeDevice) {
  for (const [one, other] of [
    [from, anna],
    [anna, from],
  ] as const) {
    const signal = await one.engine.sealSignal(other, 'offer');
    if (signal.ok) await other.engine.openSignal(one, signal.value);
  }
  const quick = (await signalFrom(from))!;
  expect(isQuickSignal(quick)).toBe(true);
  return quick;
}

const address = ({ userId, deviceId }: FakeDevice) => ({ userId, deviceId });

describe('a malicious server that withholds', () => {
  it('one-time and fallback keys: others are sent to, and the message opens once the sender can be asked', async () => {
    world.lies.claim = (asker, answer) =>
      asker.deviceId === anna.deviceId ? { one_time_keys: {}, failures: {} } : answer;
    const result = await seal(anna);
    expect(result).toMatchObject({ ok: true, value: { readers: [] } });
    const bytes = result.ok ? result.value.bytes : new Uint8Array();
    expect(await open(ben, anna, bytes)).toMatchObject({ ok: false, why: 'no-key' });
    await world.time.advance(6_000);
    await expect.poll(() => world.boxOf(anna.deviceId).length, PATIENT).toBe(1);
    await anna.fetch();
    await ben.fetch();
    expect(await open(ben, anna, bytes)).toMatchObject({ ok: true });
  });

  it('them for a while: they are asked for again, also after a reload, and then it is sealed for that device', async () => {
    world.end();
    world = createKeyWorld({ stored: true });
    const first = await world.register('anna', 'anna-phone');
    ben = await world.register('ben', 'ben-laptop');
    world.lies.claim = () => ({ one_time_keys: {}, failures: {} });
    expect(await seal(first)).toMatchObject({ ok: true, value: { readers: [] } });
    anna = await first.reopen();
    await anna.announce();
    expect(await seal(anna)).toMatchObject({ ok: true, value: { readers: [] } });

    world.lies.claim = (_asker, answer) => answer;
    await world.time.advance(5_000);
    await expect.poll(() => anna.moved, PATIENT).toEqual([ben.userId]);
    expect(anna.engine.audience(room())).toBeNull();
    const result = await seal(anna);
    expect(result).toMatchObject({ ok: true, value: { readers: [address(ben)] } });
    await ben.fetch();
    expect(await open(ben, anna, result.ok ? result.value.bytes : new Uint8Array())).toMatchObject({
      ok: true,
    });
  });

  it('those of one device of several: it gets the message all the same, and the key once it has asked', async () => {
    const desk = await world.signIn('ben', 'ben-desk');
    await desk.announce();
    await desk.engine.identity.restore((await ben.engine.identity.secrets())!);
    world.lies.claim = (asker, answer) => {
      if (asker.deviceId === anna.deviceId)
        delete answer.one_time_keys[engineUserId(ben.userId)]?.[desk.deviceId];
      return answer;
    };
    const result = await seal(anna);
    expect(result.ok && result.value.readers).toHaveLength(2);
    const bytes = result.ok ? result.value.bytes : new Uint8Array();
    await ben.fetch();
    expect(await open(ben, anna, bytes)).toMatchObject({ ok: true });
    await desk.fetch();
    expect(await open(desk, anna, bytes)).toMatchObject({ ok: false, why: 'no-key' });
    await world.time.advance(6_000);
    await expect.poll(() => world.boxOf(anna.deviceId).length, PATIENT).toBe(1);
    await anna.fetch();
    await desk.fetch();
    expect(await open(desk, anna, bytes)).toMatchObject({ ok: true });
    // What it asked with was opened, so there is a session: from now on it has the key with the message.
    expect(anna.moved).toContain(ben.userId);
    const next = await bytesFrom(anna, { n: 2 });
    await desk.fetch();
    expect(await open(desk, anna, next)).toMatchObject({ ok: true });
  });

  it('the removal of a device: its owner tells, and it reads nothing more though the server lists it', async () => {
    const desk = await world.signIn('ben', 'ben-desk');
    await desk.announce();
    await desk.engine.identity.restore((await ben.engine.identity.secrets())!);
    await anna.announce();
    await ben.announce();
    const before = await seal(anna);
    expect(before.ok && before.value.readers).toHaveLength(2);
    const quick = await quickSignalFrom(desk);
    for (const device of [ben, desk]) await device.fetch();

    expect(await ben.engine.tellRemoved(desk.deviceId, [anna.userId])).toMatchObject({ ok: true });
    await anna.fetch();
    expect(anna.engine.audience(room())).toBeNull();
    const after = await seal(anna, { n: 2 });
    expect(after).toMatchObject({ ok: true, value: { readers: [address(ben)] } });
    await ben.fetch();
    await desk.fetch();
    const bytes = after.ok ? after.value.bytes : new Uint8Array();
    expect(await open(desk, anna, bytes)).toMatchObject({ ok: false, why: 'no-key' });
    expect(await open(ben, anna, bytes)).toMatchObject({ ok: true });
    expect(await anna.engine.openSignal(desk, (await signalFrom(desk))!)).toMatchObject({ ok: false });
    expect(await anna.engine.openSignal(desk, quick)).toMatchObject({ ok: false });
    await anna.announce();
    expect(await anna.engine.devicesOf(ben.userId)).toEqual({ ok: true, value: [ben.deviceId] });
  });

  it('the removal, and what its owner tells of it: whatever a device of the owner’s says names it', async () => {
    const desk = await world.signIn('ben', 'ben-desk');
    const secrets = (await ben.engine.identity.secrets())!;
    await desk.announce();
    await desk.engine.identity.restore(secrets);
    await anna.announce();
    await ben.announce();
    await seal(anna);
    world.lies.mail = (from) => (from.deviceId === ben.deviceId ? 'lose' : 'deliver');
    expect(ben.engine.removed()).toEqual([]);
    expect(await ben.engine.tellRemoved(desk.deviceId, [anna.userId])).toMatchObject({ ok: true });
    const named = ben.engine.removed();
    expect(named).toEqual([desk.deviceId]);
    // This one is shown the removed device when it begins, and what was told before it was there is not told to it.
    const pad = await world.signIn('ben', 'ben-pad');
    await pad.announce();
    await pad.engine.identity.restore(secrets);
    for (const device of [anna, pad]) {
      await device.announce();
      await device.fetch();
      expect(await device.engine.devicesOf(ben.userId)).toMatchObject({ value: { length: 3 } });
    }
    expect(pad.engine.removed()).toEqual([]);

    for (const device of [anna, pad]) {
      await seal(device);
      device.moved.length = 0;
      expect(await device.engine.heardRemoved(ben, named)).toMatchObject({ ok: true });
      expect(device.engine.audience(room())).toBeNull();
      expect(device.moved).toEqual([ben.userId]);
      // It must not name others in its turn, and an older word, or the same again, changes nothing.
      await device.engine.heardRemoved(desk, [ben.deviceId]);
      const sealed = await seal(device);
      const others = [anna, ben, pad].filter((other) => other !== device);
      expect(sealed.ok && new Set(sealed.value.readers)).toEqual(new Set(others.map(address)));
      for (const older of [[], named]) await device.engine.heardRemoved(ben, older);
      expect(device.engine.audience(room())).toHaveLength(2);
      const bytes = sealed.ok ? sealed.value.bytes : new Uint8Array();
      await desk.fetch();
      expect(await open(desk, device, bytes)).toMatchObject({ ok: false, why: 'no-key' });
    }
    expect(pad.engine.removed()).toEqual(named);
  });

  it('the removal, and the page is gone before anything is sealed again: it holds when that comes back', async () => {
    world.end();
    world = createKeyWorld({ stored: true });
    anna = await world.register('anna', 'anna-kept');
    ben = await world.register('ben', 'ben-kept');
    const desk = await world.signIn('ben', 'ben-desk-kept');
    await desk.announce();
    await desk.engine.identity.restore((await ben.engine.identity.secrets())!);
    for (const device of [anna, ben]) await device.announce();
    const before = await seal(anna);
    expect(before.ok && before.value.readers).toHaveLength(2);
    expect(await anna.engine.heardRemoved(ben, [desk.deviceId])).toMatchObject({ ok: true });
    const again = await anna.reopen();
    await again.announce();
    expect(again.engine.audience(room())).toBeNull();
    expect(await seal(again)).toMatchObject({ ok: true, value: { readers: [address(ben)] } });
  });

  it('nothing, but a friend names devices of others as removed: only their own are left out', async () => {
    const carl = await world.register('carl', 'carl-phone');
    for (const device of [anna, carl]) await device.announce();
    await anna.engine.devicesOf(carl.userId);
    await seal(anna);
    await anna.engine.heardRemoved(ben, [carl.deviceId, anna.deviceId]);
    expect(await anna.engine.devicesOf(carl.userId)).toEqual({ ok: true, value: [carl.deviceId] });
    expect(await seal(anna)).toMatchObject({ ok: true, value: { readers: [address(ben)] } });
    expect(anna.engine.removed()).toEqual([]);
  });

  it('the removal, and is away when its owner tells: it is told when the server is back, once', async () => {
    const desk = await world.signIn('ben', 'ben-desk');
    await desk.announce();
    await desk.engine.identity.restore((await ben.engine.identity.secrets())!);
    await anna.announce();
    await ben.announce();
    await seal(anna);
    world.lies.down = true;
    expect(await ben.engine.tellRemoved(desk.deviceId, [anna.userId])).toMatchObject({ ok: false });
    world.lies.down = false;
    await anna.fetch();
    expect(await anna.engine.devicesOf(ben.userId)).toMatchObject({ ok: true, value: { length: 2 } });
    expect(await ben.engine.settleRemovals([anna.userId])).toMatchObject({ ok: true });
    await anna.fetch();
    await anna.announce();
    expect(await anna.engine.devicesOf(ben.userId)).toEqual({ ok: true, value: [ben.deviceId] });
    await ben.engine.settleRemovals([anna.userId]);
    expect(world.boxOf(anna.deviceId)).toHaveLength(0);
  });

  it('all of a friend’s devices: nobody else gets in, and nothing is lost for oneself', async () => {
    world.lies.query = (_asker, answer) => ({ ...answer, device_keys: {} });
    expect(await seal(anna)).toMatchObject({ ok: true, value: { readers: [] } });
  });

  it('an answer that makes no sense: refused as out of reach, and tried again', async () => {
    world.lies.query = (_asker, answer) => ({
      ...answer,
      failures: 7 as never,
    });
    expect(await seal(anna)).toMatchObject({ ok: false, failure: { why: 'unreachable' } });
    world.lies.query = (_asker, answer) => answer;
    expect(await seal(anna)).toMatchObject({ ok: true, value: { readers: [{ deviceId: ben.deviceId }] } });
  });

  it('a mailbox that is full: the message is sealed, and its key asked for once there is room', async () => {
    world.lies.mail = () => 'mailbox-full';
    const bytes = await bytesFrom(anna);
    world.lies.mail = () => 'deliver';
    expect(await open(ben, anna, bytes)).toMatchObject({ ok: false, why: 'no-key' });
    await world.time.advance(6_000);
    await expect.poll(() => world.boxOf(anna.deviceId).length, PATIENT).toBe(1);
    await anna.fetch();
    await ben.fetch();
    expect(await open(ben, anna, bytes)).toMatchObject({ ok: true });
  });
});
