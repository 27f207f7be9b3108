import { afterEach, describe, expect, it } from 'vitest';
import type { FakeDevice, KeyWorld } from '../../../tests/fakes/key-world.ts';
import { createKeyWorld, roomOf } from '../../../tests/fakes/key-world.ts';

const worlds: KeyWorld[] = [];
function world(...options: Parameters<typeof createKeyWorld>) {
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

async function two() {
  const made = world();
  const anna = await made.register('anna', 'anna-phone');
  const ben = await made.register('ben', 'ben-laptop');
  return { made, anna, ben };
}

describe('two people', () => {
  it('read what the other sealed', async () => {
    const { anna, ben } = await two();
    const { bytes, readers } = await sealed(anna, ben, { text: 'hello 你好 🙂' });
    expect(readers).toEqual([{ userId: ben.userId, deviceId: ben.deviceId }]);
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
});
