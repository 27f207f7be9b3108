import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakeDevice, KeyWorld } from '../../tests/fakes/key-world.ts';
import { createKeyWorld } from '../../tests/fakes/key-world.ts';
import type { Verification } from './model.ts';
import { createScope } from './scope.ts';
import { followVerifications } from './verifications.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const PATIENT = { timeout: 60_000 };

const scope = createScope();
let world: KeyWorld;
let anna: ReturnType<typeof side>;
let ben: ReturnType<typeof side>;

/** What the page of one person shows of a verification, and what the person does. */
function side(device: FakeDevice) {
  let shown: Verification | null = null;
  const followed = followVerifications(device.engine, scope, (next) => (shown = next));
  const perform: typeof followed.perform = (ask) => followed.perform(ask);
  return { device, perform, shown: (): Verification | null => shown };
}

/** Carries the mail until both stand there. */
async function until(hers: string, his: string) {
  const at = (one: typeof anna) => one.shown()?.phase.at;
  await expect
    .poll(async () => {
      for (const { device } of [anna, ben]) await device.fetch();
      return [at(anna), at(ben)];
    }, PATIENT)
    .toEqual([hers, his]);
}

const codeOf = (one: typeof anna): string => {
  const phase = one.shown()?.phase;
  return phase?.at === 'choosing' ? (phase.code ?? '') : '';
};

beforeEach(async () => {
  world = createKeyWorld();
  anna = side(await world.register('anna', 'anna-phone'));
  ben = side(await world.register('ben', 'ben-laptop'));
  await anna.perform({ do: 'verify', userId: ben.device.userId });
  await until('waiting', 'asked');
  await ben.perform({ do: 'agree' });
  await until('choosing', 'choosing');
  await expect.poll(() => [codeOf(anna), codeOf(ben)], PATIENT).not.toContain('');
});
afterEach(() => world.end());

describe('what the page shows of a verification', () => {
  it('is a code on both sides; the scanned one confirms, and both are done', async () => {
    expect(await ben.perform({ do: 'scan', text: codeOf(anna) })).toEqual({ ok: true, value: undefined });
    await until('scanned', 'waiting');
    await anna.perform({ do: 'confirm' });
    await until('done', 'done');
    await expect.poll(() => anna.device.engine.trust(ben.device.userId).get(), PATIENT).toBe('verified');
    await expect.poll(() => ben.device.engine.trust(anna.device.userId).get(), PATIENT).toBe('verified');
    await anna.perform({ do: 'dismiss', different: false });
    expect(anna.shown()).toBeNull();
  });

  it('is emoji once either wants them', async () => {
    await anna.perform({ do: 'compare' });
    await until('comparing', 'comparing');
    expect(anna.shown()).toEqual({ ...ben.shown(), userId: ben.device.userId });
  });

  it('does not change by a text that is no code of ours', async () => {
    for (const text of ['https://example.org/', '', 'holler-verify:*'])
      expect(await ben.perform({ do: 'scan', text })).toMatchObject({ failure: { code: 'bad-request' } });
    expect(ben.shown()?.phase.at).toBe('choosing');
  });

  it('is that they differ, when the code is not the one of who asks', async () => {
    // One's own, held before the camera, as good as anybody else's.
    await ben.perform({ do: 'scan', text: codeOf(ben) });
    expect(ben.shown()?.phase).toEqual({ at: 'ended', why: 'different' });
    await ben.perform({ do: 'dismiss', different: false });
    expect(ben.shown()).toBeNull();
    expect(ben.device.engine.trust(anna.device.userId).get()).toBe('first-use');
  });
});
