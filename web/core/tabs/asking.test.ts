import { describe, expect, it } from 'vitest';
import { createFakeTime } from '../../../tests/fakes/time.ts';
import { fail, ok } from '../result.ts';
import { createAsking } from './asking.ts';
import type { Ask } from './bus.ts';

const UNLOCK: Ask = { do: 'unlock', exportKey: 'what the password yields' };

/** A tab that follows, and what it said to the one that leads. */
function follower() {
  const time = createFakeTime();
  const said: string[] = [];
  let count = 0;
  const asking = createAsking({
    timers: time.timers,
    newId: () => String((count += 1)),
    post: (message) => said.push(message.kind === 'ask' ? `${message.id} ${message.ask.do}` : message.id),
  });
  return { time, said, asking };
}

describe('what is asked in a tab that follows', () => {
  it('is not waited for without end', async () => {
    const { time, asking } = follower();
    const asked = asking.ask({ do: 'make-code' });
    await time.advance(60_000);
    expect(await asked).toEqual(fail('unavailable'));
  });

  it('is told to every tab that leads until one answers, if it is what the password yields', async () => {
    const { time, said, asking } = follower();
    const asked = asking.ask(UNLOCK);
    await time.advance(600_000);
    asking.again();
    expect(said).toEqual(['1 unlock', '1 unlock']);
    asking.take({ kind: 'answer', id: '1', result: ok(null) });
    expect(await asked).toEqual(ok(null));
    asking.again();
    expect(said).toHaveLength(2);
  });

  it('is for itself once it leads', async () => {
    const { asking } = follower();
    const asked = asking.ask(UNLOCK);
    asking.lead(({ do: what }) => Promise.resolve(ok(what)));
    expect(await asked).toEqual(ok('unlock'));
  });
});
