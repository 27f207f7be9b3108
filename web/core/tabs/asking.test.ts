import { describe, expect, it } from 'vitest';
import { createFakeTime } from '../../../tests/fakes/time.ts';
import { fail, ok } from '../result.ts';
import { createAsking } from './asking.ts';
import type { Ask } from './bus.ts';

const VERIFY: Ask = { do: 'verify', userId: 'bo' };

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

  it('is told to every tab that leads until one answers', async () => {
    const { said, asking } = follower();
    const asked = asking.ask(VERIFY);
    asking.again();
    expect(said).toEqual(['1 verify', '1 verify']);
    asking.take({ kind: 'answer', id: '1', result: ok(null) });
    expect(await asked).toEqual(ok(null));
    asking.again();
    expect(said).toHaveLength(2);
  });

  it('is for itself once it leads', async () => {
    const { asking } = follower();
    const asked = asking.ask(VERIFY);
    asking.lead(({ do: what }) => Promise.resolve(ok(what)));
    expect(await asked).toEqual(ok('verify'));
  });
});
