import { describe, expect, it } from 'vitest';
import { base64 } from './base64.ts';
import { startSignals } from './leader-signals.ts';
import { createScope } from './scope.ts';

const ben = { userId: 'b'.repeat(22), deviceId: 'd'.repeat(22) };
const VERSION = 2;
const EVENT = 2;
const QUICK = 3;

/** An engine for which a signal's last byte is its link, and mail that is fetched when the test says so. */
function setUp() {
  let fetched = (): void => undefined;
  const mail = new Promise<void>((resolve) => (fetched = resolve));
  const heard: string[] = [];
  const engine = {
    sealSignal: () => Promise.resolve({ ok: true, value: new Uint8Array(1) } as const),
    openSignal: (_from: object, bytes: Uint8Array) => {
      const linkId = `link-${bytes.at(-1)}`;
      return Promise.resolve({ ok: true, value: JSON.stringify({ linkId, body: 'offer' }) } as const);
    },
  };
  const signals = startSignals({
    scope: createScope(),
    engine: { now: () => engine, open: () => Promise.resolve(engine) },
    collected: () => mail,
    onSignal: (_from, linkId) => heard.push(linkId),
    report: (what) => heard.push(what),
  });
  const take = (kind: number, link: number) =>
    signals.take(ben, `link-${link}`, base64(Uint8Array.of(VERSION, kind, link)));
  return { take, heard, fetched: () => fetched() };
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

describe('signals', () => {
  it('of the engine’s own session are opened after the mail that waited, in their order', async () => {
    const { take, heard, fetched } = setUp();
    take(EVENT, 1);
    take(QUICK, 2);
    await turn();
    expect(heard).toEqual([]);
    fetched();
    await expect.poll(() => heard).toEqual(['link-1', 'link-2']);
  });

  it('by the key that the two gave each other wait for nothing', async () => {
    const { take, heard } = setUp();
    take(QUICK, 1);
    await expect.poll(() => heard).toEqual(['link-1']);
  });
});
