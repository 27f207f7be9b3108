/** Chromium and Firefox that may only meet through our relay: over UDP, TCP and TLS, for long, and across a restart. */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, type ExpectStatic, test } from 'vitest';
import type { TurnServer } from '../../turn/server/start.ts';
import { credentialFor } from '../contract/turn/lib/client.ts';
import { certificate, startCoturn, startOurs, type TestCertificate } from '../contract/turn/lib/servers.ts';
import { need } from '../tools/programs.mjs';
import { launchChromium } from './lib/chromium.ts';
import { launchFirefox } from './lib/firefox.ts';
import { installTalk, type IceServer } from './lib/relay-call.ts';
import { type TrustingFolder, trustingFolder } from './lib/trust.ts';

/** What both drivers' pages can do. */
interface Page {
  evaluate<R, A>(work: (argument: A) => R | Promise<R>, argument: A): Promise<R>;
}
interface Driver {
  open(url: string): Promise<Page>;
  close(): Promise<void>;
}

/** Each browser trusts `authority` and checks certificates as it does at home. */
const DRIVERS: Record<string, (authority: string) => Promise<Driver>> = {
  async Chromium(authority) {
    const home = trustingFolder(authority, '.pki/nssdb');
    const browser = await launchChromium([], need('chromium'), home.path);
    return driverOf(browser, home);
  },
  async Firefox(authority) {
    const profile = trustingFolder(authority);
    const browser = await launchFirefox({}, profile.path);
    return driverOf(browser, profile);
  },
};

interface AnyBrowser {
  newPage(): Promise<{ goto(url: string): Promise<unknown> }>;
  close(): Promise<void>;
}

function driverOf(browser: AnyBrowser, folder: TrustingFolder): Driver {
  return {
    async open(url) {
      const page = await browser.newPage();
      await page.goto(url);
      return page as unknown as Page;
    },
    async close() {
      await browser.close();
      folder.remove();
    },
  };
}

const TRANSPORTS = ['udp', 'tcp', 'tls'] as const;
type Transport = (typeof TRANSPORTS)[number];

/** Seconds. Firefox refuses an allocation that does not outlast its margin of ten. */
const BRIEF_LIFETIME: Record<string, number> = { Chromium: 5, Firefox: 12 };
const SEVERAL = 3;

/** Firefox takes no bare IP address for TURN over TLS, so the server has a name. */
function ice(turn: { port: number; tlsPort?: number | undefined }, transport: Transport): IceServer {
  const urls =
    transport === 'tls'
      ? `turns:localhost:${turn.tlsPort}?transport=tcp`
      : `turn:127.0.0.1:${turn.port}?transport=${transport}`;
  return { urls, ...credentialFor('ann') };
}

describe.each(Object.keys(DRIVERS))('%s', (name) => {
  let driver: Driver;
  let turn: TurnServer;
  let site: Server;
  let url: string;
  let tls: TestCertificate;

  beforeAll(async () => {
    tls = await certificate();
    site = createServer((_, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><title>relay</title>');
    }).listen(0, '127.0.0.1');
    await once(site, 'listening');
    url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
    turn = await startOurs({ allowPeers: [], tlsPort: 0, tls });
    driver = await DRIVERS[name]!(tls.ca);
  });
  afterAll(async () => {
    await driver.close();
    await turn.close();
    site.close();
  });

  async function talker(): Promise<Page> {
    const page = await driver.open(url);
    await page.evaluate(installTalk, undefined);
    return page;
  }

  const connect = (page: Page, server: IceServer, media = false): ReturnType<typeof window.talk.connect> =>
    page.evaluate(([s, m]) => window.talk.connect(s, m), [server, media] as const);
  const echo = (page: Page, count: number, size: number): Promise<number> =>
    page.evaluate(([c, s]) => window.talk.echo(c, s, 10_000), [count, size] as const);
  const close = (page: Page): Promise<void> => page.evaluate(() => window.talk.close(), undefined);

  async function expectVideo(page: Page, expect: ExpectStatic): Promise<void> {
    const frames = (): Promise<number> => page.evaluate(() => window.talk.framesSeen(), undefined);
    const before = await frames();
    // Firefox paints once a second where a tab is not in front.
    await expect.poll(frames, { timeout: 15_000 }).toBeGreaterThan(before + 4);
  }

  test.each(TRANSPORTS)('data and video over %s', async (transport) => {
    const page = await talker();
    const route = await connect(page, ice(turn, transport), true);
    expect(route).toEqual({ local: 'relay', remote: 'relay', transport });
    expect(await echo(page, 200, 1000)).toBe(200);
    await expectVideo(page, expect);
    await close(page);
  });

  test.concurrent('a certificate that nobody vouches for is refused', async ({ expect }) => {
    const stranger = await startOurs({ allowPeers: [], tlsPort: 0, tls: await certificate() });
    const page = await talker();
    await expect(connect(page, ice(stranger, 'tls'))).rejects.toThrow('gathering ended without a relay');
    expect(stranger.metrics()).toContain('holler_turn_allocations_total 0');
    await close(page);
    await stranger.close();
  });

  test.concurrent('held past several refreshes, over all of them', async ({ expect }) => {
    const lifetime = BRIEF_LIFETIME[name]!;
    const limits = { defaultLifetime: lifetime, maxLifetime: lifetime };
    const brief = await startOurs({ allowPeers: [], tlsPort: 0, tls, limits });
    const begin = async (transport: Transport): Promise<Page> => {
      const page = await talker();
      expect((await connect(page, ice(brief, transport), true)).transport).toBe(transport);
      return page;
    };
    const count = (metric: string): number =>
      Number(new RegExp(`^holler_turn_${metric} (\\d+)$`, 'm').exec(brief.metrics())?.[1]);
    const pages = await Promise.all(TRANSPORTS.map(begin));
    const [made, refreshed, since] = [
      count('allocations_total'),
      count('refreshes_total'),
      performance.now(),
    ];
    // Until the server would long have ended what nobody refreshed.
    const isLong = (): boolean =>
      count('refreshes_total') - refreshed >= SEVERAL * 2 * TRANSPORTS.length &&
      performance.now() - since > 1.5 * lifetime * 1000;
    const talkOn = async (page: Page): Promise<boolean> => {
      expect(await echo(page, 5, 100)).toBe(5);
      return isLong();
    };
    const hold = async (page: Page): Promise<void> => {
      await expect.poll(() => talkOn(page), { interval: 1000, timeout: 60_000 }).toBe(true);
      await expectVideo(page, expect);
      await close(page);
    };
    await Promise.all(pages.map(hold));
    // Kept, not made anew.
    expect(count('allocations_total')).toBe(made);
    await brief.close();
  });

  test.concurrent('an ICE restart recovers from a restarted server, over all of them', async ({ expect }) => {
    const first = await startOurs({ allowPeers: [], tlsPort: 0, tls });
    const begin = async (transport: Transport): Promise<{ page: Page; transport: Transport }> => {
      const page = await talker();
      await connect(page, ice(first, transport), true);
      expect(await echo(page, 10, 100)).toBe(10);
      return { page, transport };
    };
    const talks = await Promise.all(TRANSPORTS.map(begin));
    await first.close();
    const second = await startOurs({ allowPeers: [], port: first.port, tlsPort: first.tlsPort!, tls });
    const recover = async ({ page, transport }: (typeof talks)[number]): Promise<void> => {
      // Firefox ends the DTLS transport together with a broken connection to its relay: it then takes a new one.
      const revives = name === 'Chromium' || transport === 'udp';
      const route = revives
        ? await page.evaluate(() => window.talk.restart(), undefined)
        : await connect(page, ice(second, transport), true);
      expect(route).toEqual({ local: 'relay', remote: 'relay', transport });
      expect(await echo(page, 50, 1000)).toBe(50);
      await expectVideo(page, expect);
      await close(page);
    };
    await Promise.all(talks.map(recover));
    await second.close();
  });

  test('the same credentials open a real coturn', async () => {
    const coturn = await startCoturn();
    const page = await talker();
    const route = await connect(page, ice(coturn, 'udp'));
    expect([route.local, route.remote]).toEqual(['relay', 'relay']);
    expect(await echo(page, 50, 1000)).toBe(50);
    await close(page);
    await coturn.stop();
  });
});
