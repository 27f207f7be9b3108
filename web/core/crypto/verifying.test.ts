import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakeDevice, KeyWorld } from '../../../tests/fakes/key-world.ts';
import { createKeyWorld } from '../../../tests/fakes/key-world.ts';
import type { Step } from './verifying-step.ts';

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

const stepAt = (device: FakeDevice): Step | undefined => device.engine.verifying.all.get()[0]?.at;
const idAt = (device: FakeDevice): string => device.engine.verifying.all.get()[0]!.id;

/** Carries the mail until these devices stand there. */
async function until(expected: readonly (readonly [FakeDevice, Step['step']])[], others: FakeDevice[] = []) {
  await expect
    .poll(async () => {
      for (const device of [...expected.map(([device]) => device), ...others]) await device.fetch();
      return expected.map(([device]) => stepAt(device)?.step);
    }, PATIENT)
    .toEqual(expected.map(([, step]) => step));
}

async function ready() {
  expect(await anna.engine.verifying.ask(ben.userId)).toMatchObject({ ok: true });
  await until([
    [anna, 'asking'],
    [ben, 'asked'],
  ]);
  expect(ben.engine.verifying.all.get()).toMatchObject([{ userId: anna.userId, incoming: true }]);
  await ben.engine.verifying.accept(idAt(ben));
  await until([
    [anna, 'choosing'],
    [ben, 'choosing'],
  ]);
}

describe('comparing emoji', () => {
  it('that are the same verifies both people', async () => {
    await ready();
    await anna.engine.verifying.compare(idAt(anna));
    await until([
      [anna, 'comparing'],
      [ben, 'comparing'],
    ]);
    const [hers, his] = [stepAt(anna), stepAt(ben)];
    expect(hers).toEqual(his);
    expect(hers?.step === 'comparing' && hers.emoji).toHaveLength(7);
    await anna.engine.verifying.confirm(idAt(anna));
    await until([
      [anna, 'waiting'],
      [ben, 'comparing'],
    ]);
    await ben.engine.verifying.confirm(idAt(ben));
    await until([
      [anna, 'done'],
      [ben, 'done'],
    ]);
    await expect.poll(() => anna.engine.trust(ben.userId).get(), PATIENT).toBe('verified');
    await expect.poll(() => ben.engine.trust(anna.userId).get(), PATIENT).toBe('verified');
    anna.engine.verifying.dismiss(idAt(anna));
    expect(anna.engine.verifying.all.get()).toEqual([]);
  });

  it('that both begin at the same moment verifies both people, too', async () => {
    await ready();
    await anna.engine.verifying.compare(idAt(anna));
    await ben.engine.verifying.compare(idAt(ben));
    await until([
      [anna, 'comparing'],
      [ben, 'comparing'],
    ]);
    for (const device of [anna, ben]) await device.engine.verifying.confirm(idAt(device));
    await until([
      [anna, 'done'],
      [ben, 'done'],
    ]);
  });

  it('that differ verifies nobody', async () => {
    await ready();
    await ben.engine.verifying.compare(idAt(ben));
    await until([
      [anna, 'comparing'],
      [ben, 'comparing'],
    ]);
    await anna.engine.verifying.mismatch(idAt(anna));
    await until([
      [anna, 'cancelled'],
      [ben, 'cancelled'],
    ]);
    expect(stepAt(ben)).toEqual({ step: 'cancelled', why: 'mismatch', byUs: false });
    expect(anna.engine.trust(ben.userId).get()).toBe('first-use');
  });
});

describe('scanning a code', () => {
  it('verifies both people', async () => {
    await ready();
    await anna.engine.verifying.show(idAt(anna));
    const shown = stepAt(anna);
    if (shown?.step !== 'choosing' || shown.code === null) throw new Error('no code');
    expect(await ben.engine.verifying.scan(idAt(ben), shown.code)).toMatchObject({ ok: true });
    await until([
      [anna, 'scanned'],
      [ben, 'waiting'],
    ]);
    await anna.engine.verifying.confirm(idAt(anna));
    await until([
      [anna, 'done'],
      [ben, 'done'],
    ]);
    await expect.poll(() => anna.engine.trust(ben.userId).get(), PATIENT).toBe('verified');
    await expect.poll(() => ben.engine.trust(anna.userId).get(), PATIENT).toBe('verified');
  });

  it('and comparing emoji after both have shown one: whoever is first decides', async () => {
    await ready();
    for (const device of [anna, ben]) await device.engine.verifying.show(idAt(device));
    expect([stepAt(anna), stepAt(ben)]).toMatchObject([
      { code: expect.anything() },
      { code: expect.anything() },
    ]);
    await ben.engine.verifying.compare(idAt(ben));
    await until([
      [anna, 'comparing'],
      [ben, 'comparing'],
    ]);
    await ben.engine.verifying.confirm(idAt(ben));
    await anna.engine.verifying.confirm(idAt(anna));
    await until([
      [anna, 'done'],
      [ben, 'done'],
    ]);
  });

  it('verifies both people also when both have shown one', async () => {
    await ready();
    for (const device of [anna, ben]) await device.engine.verifying.show(idAt(device));
    const shown = stepAt(anna);
    if (shown?.step !== 'choosing' || shown.code === null) throw new Error('no code');
    await ben.engine.verifying.scan(idAt(ben), shown.code);
    await until([
      [anna, 'scanned'],
      [ben, 'waiting'],
    ]);
    await anna.engine.verifying.confirm(idAt(anna));
    await until([
      [anna, 'done'],
      [ben, 'done'],
    ]);
  });

  it.each([
    ['rubbish', () => new Uint8Array([1, 2, 3])],
    [
      'with other keys in it',
      (code: Uint8Array) => code.map((byte, at) => (at > 60 && at < 80 ? byte ^ 1 : byte)),
    ],
  ])('that is %s verifies nobody', async (_name, spoil) => {
    await ready();
    await anna.engine.verifying.show(idAt(anna));
    const shown = stepAt(anna);
    if (shown?.step !== 'choosing' || shown.code === null) throw new Error('no code');
    expect(await ben.engine.verifying.scan(idAt(ben), spoil(shown.code))).toMatchObject({
      ok: false,
      failure: { why: 'mismatch' },
    });
    await until([
      [anna, 'cancelled'],
      [ben, 'cancelled'],
    ]);
    expect(ben.engine.trust(anna.userId).get()).toBe('first-use');
  });
});

describe('asking', () => {
  it('is declined', async () => {
    await anna.engine.verifying.ask(ben.userId);
    await until([
      [anna, 'asking'],
      [ben, 'asked'],
    ]);
    await ben.engine.verifying.cancel(idAt(ben));
    await until([
      [anna, 'cancelled'],
      [ben, 'cancelled'],
    ]);
    expect(stepAt(anna)).toEqual({ step: 'cancelled', why: 'declined', byUs: false });
  });

  it('somebody with two devices: the one that answers is gone on with', async () => {
    const desk = await world.signIn('ben', 'ben-desk');
    await desk.announce();
    await desk.engine.identity.restore((await ben.engine.identity.secrets())!);
    await anna.announce();
    await anna.engine.verifying.ask(ben.userId);
    await until([
      [anna, 'asking'],
      [ben, 'asked'],
      [desk, 'asked'],
    ]);
    await desk.engine.verifying.accept(idAt(desk));
    await until([
      [anna, 'choosing'],
      [ben, 'cancelled'],
      [desk, 'choosing'],
    ]);
  });

  it('somebody who has no device', async () => {
    expect(await anna.engine.verifying.ask('nobody'.padEnd(22, '-'))).toEqual({
      ok: false,
      failure: { why: 'untrusted-device' },
    });
  });

  it('one’s own other device makes a new one trusted, secrets and all', async () => {
    const tablet = await world.signIn('anna', 'anna-tablet');
    await tablet.announce();
    await anna.announce();
    expect(tablet.engine.identity.state.get()).toBe('needs-restore');
    expect(await tablet.engine.verifying.ask(anna.userId)).toMatchObject({ ok: true });
    await until([
      [tablet, 'asking'],
      [anna, 'asked'],
    ]);
    await anna.engine.verifying.accept(idAt(anna));
    await until([
      [tablet, 'choosing'],
      [anna, 'choosing'],
    ]);
    await tablet.engine.verifying.compare(idAt(tablet));
    await until([
      [tablet, 'comparing'],
      [anna, 'comparing'],
    ]);
    await tablet.engine.verifying.confirm(idAt(tablet));
    await anna.engine.verifying.confirm(idAt(anna));
    await until([
      [tablet, 'done'],
      [anna, 'done'],
    ]);
    await expect
      .poll(async () => {
        await anna.announce();
        await anna.fetch();
        await tablet.announce();
        await tablet.fetch();
        return [tablet.engine.identity.state.get(), await tablet.engine.identity.secrets()];
      }, PATIENT)
      .toEqual(['ready', await anna.engine.identity.secrets()]);
  });
});
