/**
 * A device whose browser deleted all that it stored: it ends its session by itself, its person logs in again, and it
 * fetches the history from another device of theirs. It says nothing from before it is deleted, since what it had not
 * sent would be gone, until it has all again.
 */
import type { Device } from './device.ts';
import type { Renewal } from './oracle.ts';
import { pause, until } from './until.ts';
import type { Waiting } from './until.ts';

interface Needs {
  readonly logIn: (device: Device) => Promise<void>;
  /** Enters the password where the page asks for it, and answers what came of it. */
  readonly unlock: (device: Device) => Promise<string>;
  /** Everybody else's and one's own others, in any conversation with it. */
  readonly others: (device: Device) => readonly Device[];
  /** How long one step may take. */
  readonly slowly: Waiting;
  readonly log: (line: string) => void;
}

export interface Renewals {
  readonly all: readonly Renewal[];
  perform(device: Device): Promise<void>;
  /** Whether it may speak now; `talk` is what it says. */
  speak(device: Device, talk: () => Promise<void>): Promise<void>;
}

export function createRenewals({ logIn, unlock, others, slowly, log }: Needs): Renewals {
  const all: Renewal[] = [];
  const quiet = new Set<Device>();
  const talks = new Map<Device, Set<Promise<void>>>();
  /** One after the other: whoever hands out the history must have it. */
  let chain: Promise<void> = Promise.resolve();

  /** Null while it has no tab that could say so, or nobody is signed in. */
  const ask = <T>(work: Promise<T>): Promise<T | null> => work.catch(() => null);
  const standing = (device: Device) =>
    ask(device.run((page) => page.evaluate(() => window.device.standing())));

  const deviceId = (device: Device) =>
    ask(device.run((page) => page.evaluate(() => window.device.deviceId())));

  const hasHistory = async (device: Device): Promise<boolean> =>
    (await ask(device.run((page) => page.evaluate(() => window.device.hasHistory())))) === true;

  /** A person is asked again only if the tab went in the moment between the server's answer and the next line of code. */
  const isAskedAgain = (device: Device): Promise<boolean> =>
    device.inAny((page) => page.evaluate(() => window.device.asksForPassword()));

  async function enterAgain(device: Device): Promise<void> {
    const said = (await ask(unlock(device))) ?? 'its tab went';
    log(`device ${device.index}: the password is entered again: ${said}`);
    // A person reads that before they try again.
    if (said !== 'ok') await pause(3_000);
  }

  async function renew(device: Device): Promise<void> {
    quiet.add(device);
    const said = talks.get(device);
    if (said) await Promise.all(said);
    const comesToBe = async (what: string, is: () => Promise<unknown>): Promise<void> => {
      const began = Date.now();
      const named = `device ${device.index}: ${what}`;
      await until(named, is, slowly);
      log(`${named}, after ${((Date.now() - began) / 1_000).toFixed(1)} s`);
    };
    let before: string | null = null;
    await comesToBe('what it said is sent', async () => {
      before = await deviceId(device);
      return before !== null && (await ask(device.waiting())) === 0;
    });
    const renewal: Renewal = { device: device.index, from: Date.now(), till: Infinity };
    all.push(renewal);
    await device.evict();
    await comesToBe('it is signed in as a new device', async () => {
      const now = await deviceId(device);
      if (now === null) await ask(logIn(device));
      return (now !== null && now !== before) || `${before ?? 'none'} before, ${now ?? 'none'} now`;
    });
    await comesToBe('it has the history', async () => {
      if (await isAskedAgain(device)) await enterAgain(device);
      const [has, stands] = [await hasHistory(device), await standing(device)];
      return (has && stands === 'online ready') || `${has ? 'it has' : 'it has not'}, ${stands}`;
    });
    // Keys are told of at once to whoever is connected, and to everybody else before they are.
    const unaware = new Set(others(device));
    await comesToBe('all know the new device', async () => {
      for (const other of unaware) if ((await standing(other)) === 'online ready') unaware.delete(other);
      return unaware.size === 0 || `not devices ${[...unaware].map(({ index }) => index).join(', ')}`;
    });
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
