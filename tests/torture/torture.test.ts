/** A short run of the torture test, always the same one; `npm run test:torture` has long ones and new ones. */
import { expect, it } from 'vitest';
import { run } from './run.ts';
import { WORLDS } from './worlds.ts';

it('loses nothing, doubles nothing, and shows the same on every device, whatever is done to it', async () => {
  const { shape, relayOnly } = WORLDS['pair']!;
  const { problems, messages } = await run({
    plan: {
      seed: 5,
      length: 12_000,
      shape,
      faults: ['reload', 'crash', 'away', 'double', 'orphan', 'cut', 'silence'],
      bursts: 2,
      faultRate: 0.5,
    },
    database: 'embedded',
    relayOnly,
    patience: 90_000,
    log: (line) => console.log(line),
  });
  expect(problems).toEqual([]);
  expect(messages).toBeGreaterThan(50);
}, 240_000);
