/**
 * A device whose browser deleted all that it stored: it ends its session by itself, its person logs in again, and it
 * fetches the history from another device of theirs. It says nothing from before it is deleted, since what it had not
 * sent would be gone, until it has all again.
 */
import type { Device } from './device.ts';
import type { Renewal } from './oracle.ts';
import { until } from './until.ts';

/** How long one step may take: longer than anything stays away. */
const SLOWLY = { patience: 180_000, every: 200 };

interface Needs {
  readonly logIn: (device: Device) => Promise<void>;
  /** Everybody else's and one's own others, in any conversation with it. */
  readonly others: (device: Device) => readonly Device[];
}

export interface Renewals {
  readonly all: readonly Renewal[];
  perform(device: Device): Promise<void>;
  /** Whether it may speak now; `talk` is what it says. */
  speak(device: Device, talk: () => Promise<void>): Promise<void>;
}

export function createRenewals({ logIn, others }: Needs): Renewals {
  const all: Renewal[] = [];
  const quiet = new Set<Device>();
  const talks = new Map<Device, Set<Promise<void>>>();
  /** One after the other: whoever hands out the history must have it. */
  let chain: Promise<void> = Promise.resolve();

  /** Null while it has no tab that could say so, or nobody is signed in. */
  const ask = <T>(work: Promise<T>): Promise<T | null> => work.catch(() => null);
  const standing = (device: Device) =>
    ask(device.run((page) => page.evaluate(() => window.device.standing())));

  async function renew(device: Device): Promise<void> {
    quiet.add(device);
    const said = talks.get(device);
    if (said) await Promise.all(said);
    const named = (what: string) => `device ${device.index}: ${what}`;
    await until(named('what it said is sent'), async () => (await ask(device.waiting())) === 0, SLOWLY);
    const before = await ask(device.run((page) => page.evaluate(() => window.device.deviceId())));
    const renewal: Renewal = { device: device.index, from: Date.now(), till: Infinity };
    all.push(renewal);
    await device.evict();
    await until(
      named('it is signed in as a new device'),
      async () => {
        const now = await ask(device.run((page) => page.evaluate(() => window.device.deviceId())));
        if (now === null) await ask(logIn(device));
        return now !== null && now !== before;
      },
      SLOWLY,
    );
    await until(
      named('it has the history'),
      async () => {
        const has = await ask(device.run((page) => page.evaluate(() => window.device.hasHistory())));
        return has === true && (await standing(device)) === 'online ready';
      },
      SLOWLY,
    );
    // Keys are told of at once to whoever is connected, and to everybody else before they are.
    const unaware = new Set(others(device));
    await until(
      named('all know the new device'),
      async () => {
        for (const other of unaware) if ((await standing(other)) === 'online ready') unaware.delete(other);
        return unaware.size === 0;
      },
      SLOWLY,
    );
    renewal.till = Date.now() + 5_000;
    quiet.delete(device);
  }

  return {
    all,
    perform(device) {
      chain = chain.then(() => renew(device));
      return chain;
    },
    async speak(device, talk) {
      if (quiet.has(device)) return;
      const said = talks.get(device) ?? new Set();
      talks.set(device, said);
      const done = talk();
      said.add(done);
      await done.finally(() => said.delete(done));
    },
  };
}
