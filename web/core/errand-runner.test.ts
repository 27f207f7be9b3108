import { describe, expect, it } from 'vitest';
import { createFakeKeep } from '../../tests/fakes/keep.ts';
import { unreported } from '../../tests/fakes/report.ts';
import { createErrandRunner } from './errand-runner.ts';
import { no, unreachable, yes } from './crypto/outcome.ts';
import type { Outcome } from './crypto/outcome.ts';
import { createErrands } from './errands.ts';

const settle = () => new Promise<void>((resolve) => setTimeout(resolve));

/** A page of a device; `kept` is what its browser keeps. */
function page(kept = new Map<string, string>()) {
  const errands = createErrands(createFakeKeep(kept), 'phone');
  const told: string[] = [];
  let contacts: readonly string[] | null = ['bo'];
  let answer: Outcome = yes(undefined);
  const uses = new Map<string, () => void>();
  const tell = (what: string): Promise<Outcome> => {
    told.push(what);
    return Promise.resolve(answer);
  };
  const run = createErrandRunner({
    platform: { report: unreported },
    errands,
    engine: {
      tellRemoved: (deviceId, people) => tell(`${deviceId} removed, to ${people.join()}`),
      invites: {
        came: (secret, inviterId) => tell(`came by ${secret} of ${inviterId}`),
        forget: (id) => tell(`forget ${id}`),
      },
    },
    keeper: {
      unlock(exportKey) {
        told.push(`unlock with ${exportKey}`);
        return new Promise((resolve) => uses.set(exportKey, resolve));
      },
    },
    contacts: () => contacts,
  });
  return {
    errands,
    told,
    setContacts: (next: readonly string[] | null) => (contacts = next),
    setAnswer: (next: Outcome) => (answer = next),
    use: (exportKey: string) => uses.get(exportKey)?.(),
    run: async () => {
      run();
      await settle();
    },
  };
}

describe('what is kept for the engine', () => {
  it('is told once, and tried again as long as server or storage are in trouble', async () => {
    const { errands, told, setAnswer, run } = page();
    errands.keep({ do: 'forget-invite', id: 'link' });
    for (const trouble of [unreachable({ code: 'network' }), no({ why: 'storage' } as const)]) {
      setAnswer(trouble);
      await run();
    }
    setAnswer(yes(undefined));
    await run();
    await run();
    expect(told).toEqual(['forget link', 'forget link', 'forget link']);
  });

  it('is not tried again if that cannot help', async () => {
    const { errands, told, setAnswer, run } = page();
    setAnswer(no({ why: 'mismatch' }));
    errands.keep({ do: 'came-by-invite', secret: 'no secret', inviterId: 'bo' });
    await run();
    await run();
    expect(told).toHaveLength(1);
  });

  it('waits until those are known whom it is for', async () => {
    const { errands, told, setContacts, run } = page();
    setContacts(null);
    errands.keep({ do: 'tell-removed', deviceId: 'lost' });
    errands.keep({ do: 'came-by-invite', secret: 's', inviterId: null });
    await run();
    expect(told).toEqual([]);
    setContacts(['ada', 'bo']);
    await run();
    expect(told).toEqual(['lost removed, to ada,bo', 'came by s of ada']);
  });

  it('outlives the page, and the device alone', async () => {
    const kept = new Map<string, string>();
    page(kept).errands.keep({ do: 'unlock', exportKey: 'old' });
    const next = page(kept);
    await next.run();
    await next.run();
    expect(next.told).toEqual(['unlock with old']);
    // A newer password takes its place; that the older one is done with then says nothing of it.
    next.errands.keep({ do: 'unlock', exportKey: 'new' });
    await next.run();
    next.use('old');
    await settle();
    expect(next.errands.all()).toEqual([{ do: 'unlock', exportKey: 'new' }]);
    next.use('new');
    await settle();
    expect([...kept]).toEqual([]);

    next.errands.keep({ do: 'unlock', exportKey: 'new' });
    createErrands(createFakeKeep(kept), 'laptop').clear();
    expect(kept.size).toBe(1);
    next.errands.clear();
    expect(kept.size).toBe(0);
  });

  it('is forgotten if it cannot be read', () => {
    const kept = new Map([['holler-errand phone unlock', '{"do":"unlock"']]);
    expect(page(kept).errands.all()).toEqual([]);
    expect(kept.size).toBe(0);
  });
});
