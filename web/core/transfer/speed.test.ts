import { expect, it } from 'vitest';
import { createSpeedMeter } from './speed.ts';

it('says nothing before it knows', () => {
  const meter = createSpeedMeter();
  expect(meter.read(0, 100)).toBeNull();
  meter.add(0, 0);
  meter.add(100, 10);
  expect(meter.read(100, 100)).toBeNull();
});

it('measures the last seconds only', () => {
  const meter = createSpeedMeter();
  for (let at = 0; at <= 20_000; at += 100) meter.add(at, at);
  for (let at = 20_100; at <= 30_000; at += 100) meter.add(at, 20_000 + (at - 20_000) * 3);
  expect(meter.read(30_000, 80_000)).toEqual({ rate: 3_000, secondsLeft: 10 });
});

it('falls while nothing comes', () => {
  const meter = createSpeedMeter();
  meter.add(0, 0);
  meter.add(1_000, 1_000);
  expect(meter.read(4_000, 2_000)).toEqual({ rate: 250, secondsLeft: 4 });
});

it('has no end in sight when nothing moves, and forgets after a pause', () => {
  const meter = createSpeedMeter();
  meter.add(0, 50);
  meter.add(1_000, 50);
  expect(meter.read(1_000, 100)).toEqual({ rate: 0, secondsLeft: Infinity });
  meter.reset();
  expect(meter.read(2_000, 100)).toBeNull();
});
