import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createKeyWorld, roomOf } from '../../../tests/fakes/key-world.ts';
import type { KeyWorld } from '../../../tests/fakes/key-world.ts';

vi.setConfig({ testTimeout: 60_000 });

let world: KeyWorld;
beforeEach(() => {
  world = createKeyWorld();
});
afterEach(() => world.end());

it('offers keys that were refused again, ever more rarely, and goes on with everything else meanwhile', async () => {
  const { calls, lies, time } = world;
  const anna = await world.register('anna', 'anna-phone');
  const ben = await world.register('ben', 'ben-laptop');
  const uploads = () => calls.filter((call) => call === `upload ${anna.deviceId}`).length;
  world.devices.get(anna.deviceId)!.oneTime = {};
  lies.refusesKeys = true;
  const before = uploads();
  await anna.announce();
  expect(uploads() - before).toBe(1);
  expect(world.reported).toEqual(['uploading keys']);
  for (let n = 0; n < 5; n += 1) await anna.announce();
  expect(uploads() - before).toBe(1);
  expect(anna.engine.identity.state.get()).toBe('ready');
  expect(await anna.engine.seal(roomOf(anna.userId, ben.userId), { text: 'hello' })).toMatchObject({
    ok: true,
  });
  await time.advance(24 * 3_600_000);
  const inADay = uploads() - before;
  expect(inADay).toBeGreaterThan(20);
  expect(inADay).toBeLessThan(60);
  lies.refusesKeys = false;
  await time.advance(3_600_000);
  expect(Object.keys(world.devices.get(anna.deviceId)!.oneTime).length).toBeGreaterThan(40);
  const settled = uploads();
  await time.advance(3_600_000);
  expect(uploads()).toBe(settled);
});

it('asks a server that cannot be reached once in each try', async () => {
  const { calls, lies } = world;
  const carl = await world.register('carl', 'carl-phone');
  world.devices.get(carl.deviceId)!.oneTime = {};
  lies.down = true;
  calls.length = 0;
  await carl.announce();
  expect(calls.filter((call) => call === `upload ${carl.deviceId}`)).toHaveLength(1);
});
