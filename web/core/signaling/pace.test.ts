import { expect, it } from 'vitest';
import { createFakeTime } from '../../../tests/fakes/time.ts';
import { createPace } from './pace.ts';

it('lets a burst through and then keeps the rate, in order', async () => {
  const time = createFakeTime();
  const pace = createPace(time.clock, time.timers, { burst: 3, perSecond: 10 });
  const ran: number[] = [];
  for (let n = 0; n < 8; n++) pace.run(() => ran.push(n));
  expect(ran).toEqual([0, 1, 2]);
  await time.advance(100);
  expect(ran).toHaveLength(4);
  await time.advance(400);
  expect(ran).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  await time.advance(10_000);
  for (let n = 8; n < 20; n++) pace.run(() => ran.push(n));
  expect(ran).toHaveLength(11);
  pace.flush();
  expect(ran).toHaveLength(20);
});
