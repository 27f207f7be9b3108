import { expect, it } from 'vitest';
import { createFakeKeep } from '../../../tests/fakes/keep.ts';
import { createFakeTime } from '../../../tests/fakes/time.ts';
import { leaseLocks } from './lease-locks.ts';

/** `onHeld` is given what gives the lock back. */
function tabs(onHeld: (release: () => void) => void = () => undefined) {
  const time = createFakeTime();
  const keep = createFakeKeep();
  let tab = 0;
  /** A tab that dies runs no more timers. */
  const open = () => {
    let alive = true;
    const own = (tab += 1) / 10;
    const timers = { after: (ms: number, run: () => void) => time.timers.after(ms, () => alive && run()) };
    const locks = leaseLocks({
      clock: time.clock,
      timers,
      keep,
      random: { bytes: (n) => new Uint8Array(n), fraction: () => own },
    });
    let held = false;
    const release = locks.acquire('lead', () => {
      held = true;
      onHeld(release);
    });
    return { held: () => held, release, die: () => (alive = false) };
  };
  return { time, open };
}

it('is held by one tab, though two ask at the same moment', async () => {
  const { time, open } = tabs();
  const [first, second] = [open(), open()];
  await time.advance(60_000);
  expect([first.held(), second.held()].filter(Boolean)).toHaveLength(1);
});

it('goes to the next when it is given back', async () => {
  const { time, open } = tabs();
  const first = open();
  await time.advance(1_000);
  const second = open();
  await time.advance(10_000);
  expect([first.held(), second.held()]).toEqual([true, false]);
  first.release();
  await time.advance(1_500);
  expect(second.held()).toBe(true);
});

it('goes to the next when it is given back as soon as it is held', async () => {
  const { time, open } = tabs((release) => release());
  open();
  await time.advance(2_000);
  const second = open();
  await time.advance(6_000);
  expect(second.held()).toBe(true);
});

it('goes to the next when its holder dies', async () => {
  const { time, open } = tabs();
  const first = open();
  await time.advance(1_000);
  const second = open();
  first.die();
  await time.advance(6_000);
  expect(second.held()).toBe(true);
});
