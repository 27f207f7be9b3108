/** One device in the test's hands: a browser profile with any number of tabs, which do what the schedule says. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openProfile } from '../browser/lib/chromium.ts';
import type { Report, View } from './page/device.ts';
import type { DeviceAct, Talk } from './schedule.ts';

export interface Device {
  readonly index: number;
  readonly person: number;
  /** What its pages reported that nobody expected. */
  readonly problems: readonly string[];
  /** In a tab that is there; does nothing without one. */
  talk(conversationId: string, key: string, act: Talk): Promise<void>;
  perform(act: DeviceAct): Promise<void>;
  /** Its tabs are closed, what they stored is deleted, and one is opened again, unless it is away. */
  evict(): Promise<void>;
  /** Everything that was taken from it is given back. */
  heal(): Promise<void>;
  /** Calls a function of the page in the tab that was opened last; rejects without one. */
  run<T>(work: (page: Page) => Promise<T>): Promise<T>;
  /** Whether it holds in any of its tabs; not in one that goes or is still loading. */
  inAny(holds: (page: Page) => Promise<boolean>): Promise<boolean>;
  look(conversationId: string): Promise<View>;
  waiting(): Promise<number>;
  close(): Promise<void>;
}

interface Needs {
  readonly browser: Browser;
  readonly url: string;
  readonly index: number;
  readonly person: number;
  /** Behind a network that lets nothing through but the way to TURN. */
  readonly relayOnly: boolean;
  readonly report: (report: Report) => void;
  /** Conversations that are on screen. */
  readonly opened: () => readonly string[];
}

/** A tab that goes while something is done in it. */
const GONE = /closed|crashed|destroyed|navigat|detached|interrupted|ERR_ABORTED/i;

export async function createDevice(needs: Needs): Promise<Device> {
  const { context, page, problems } = await openProfile(needs.browser);
  await context.exposeBinding('report', (_source, report: Report) => needs.report(report));
  let tabs: Page[] = [];
  let ahead = 0;
  let silent = false;
  let away = false;
  /** What happens to its tabs, one after the other. */
  let chain: Promise<unknown> = Promise.resolve();

  const address = (): string => {
    const words = new URLSearchParams({
      ahead: String(ahead),
      ...(silent && { silent: '' }),
      ...(needs.relayOnly && { relay: '' }),
    });
    return `${needs.url}?${words}`;
  };

  async function load(tab: Page): Promise<void> {
    await tab.goto(address());
    await tab.waitForFunction(() => window.device !== undefined);
    await tab.evaluate((ids) => {
      if (window.device.messenger.session.get().state === 'signed-in')
        for (const id of ids) window.device.open(id);
    }, needs.opened());
  }

  async function openTab(): Promise<void> {
    const tab = await context.newPage();
    tabs.push(tab);
    await load(tab);
  }

  const everywhere = (work: (tab: Page) => Promise<unknown>) =>
    Promise.all(tabs.map((tab) => work(tab).catch(unlessGone)));

  async function perform(act: DeviceAct): Promise<void> {
    switch (act.do) {
      case 'reload': {
        const [tab] = tabs;
        return tab && load(tab);
      }
      case 'crash':
        await crash(context, tabs);
        return closeAll();
      case 'close':
        return closeAll();
      case 'open':
        return tabs.length === 0 ? openTab() : undefined;
      case 'double':
        return openTab();
      case 'single':
        if (tabs.length > 1) await tabs.shift()?.close();
        return undefined;
      case 'orphan': {
        const tab = tabs.length > 1 ? tabs.pop() : undefined;
        if (!tab) return undefined;
        await crash(context, [tab]);
        return tab.close().catch(unlessGone);
      }
      case 'cut':
        await everywhere((tab) => tab.evaluate(() => window.device.weather.cut()));
        return undefined;
      case 'silence':
        silent = true;
        await everywhere((tab) => tab.evaluate(() => window.device.weather.silence()));
        return undefined;
      case 'hear':
        silent = false;
        await everywhere((tab) => tab.evaluate(() => window.device.weather.hear()));
        return undefined;
      case 'clock':
        ahead = act.ahead;
        await everywhere((tab) => tab.evaluate((ms) => void (window.device.weather.ahead = ms), ahead));
        return undefined;
    }
  }

  async function closeAll(): Promise<void> {
    const gone = tabs;
    tabs = [];
    await Promise.all(gone.map((tab) => tab.close().catch(unlessGone)));
  }

  async function evict(): Promise<void> {
    await closeAll();
    const empty = await context.newPage();
    const session = await context.newCDPSession(empty);
    const { origin } = new URL(needs.url);
    await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
    await empty.close();
    if (!away) await openTab();
  }

  function inTurn(work: () => Promise<void>): Promise<void> {
    const done = chain.then(work).catch(unlessGone);
    chain = done;
    return done;
  }

  const last = (): Page => {
    const tab = tabs.at(-1);
    if (!tab) throw new Error(`device ${needs.index} has no tab`);
    return tab;
  };

  tabs = [page];
  await load(page);
  return {
    index: needs.index,
    person: needs.person,
    problems,
    async talk(conversationId, key, act) {
      // Of several tabs now one, now another.
      const tab = tabs[key.length % Math.max(1, tabs.length)];
      await tab
        ?.evaluate(
          // Nobody speaks in a tab that is still loading.
          ([id, what, todo]) => (window as Partial<Window>).device?.talk(id, what, todo),
          [conversationId, key, act] as const,
        )
        .catch(unlessGone);
    },
    perform: (act) =>
      inTurn(async () => {
        // A device that is away stays so until it is opened; what happens to it meanwhile is not noticed.
        if (act.do === 'close' || act.do === 'crash') away = true;
        if (act.do === 'open') away = false;
        else if (away && (act.do === 'double' || act.do === 'reload')) return;
        await perform(act);
      }),
    evict: () => inTurn(evict),
    heal: () =>
      inTurn(async () => {
        await perform({ do: 'hear' });
        away = false;
        if (tabs.length === 0) await openTab();
      }),
    run: async (work) => work(last()),
    async inAny(holds) {
      const held = await Promise.all(tabs.map((tab) => holds(tab).catch(() => false)));
      return held.includes(true);
    },
    look: (id) => last().evaluate((conversationId) => window.device.look(conversationId), id),
    waiting: () => last().evaluate(() => window.device.waiting()),
    close: () => context.close(),
  };
}

function unlessGone(error: unknown): void {
  if (!(error instanceof Error && GONE.test(error.message))) throw error;
}

/** Ends the process that draws the tabs, as when the system runs out of memory. */
async function crash(context: BrowserContext, tabs: readonly Page[]): Promise<void> {
  await Promise.all(
    tabs.map(async (tab) => {
      const crashed = new Promise((resolve) => tab.once('crash', resolve));
      const session = await context.newCDPSession(tab);
      // Never answered: nobody is left to do so.
      session.send('Page.crash').catch(unlessGone);
      await crashed;
    }),
  );
}
