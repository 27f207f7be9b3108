/** Chromium and Firefox that may only meet through our relay: over UDP, TCP and TLS, for long, and across a restart. */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TurnServer } from '../../turn/server/start.ts';
import { credentialFor } from '../contract/turn/lib/client.ts';
import { certificate, startCoturn, startOurs } from '../contract/turn/lib/servers.ts';
import { launchChromium } from './lib/chromium.ts';
import { launchFirefox } from './lib/firefox.ts';
import { installTalk, type IceServer } from './lib/relay-call.ts';

/** What both drivers' pages can do. */
interface Page {
  evaluate<R, A>(work: (argument: A) => R | Promise<R>, argument: A): Promise<R>;
}
interface Driver {
  open(url: string): Promise<Page>;
  close(): Promise<void>;
}

const DRIVERS: Record<string, () => Promise<Driver>> = {
  async Chromium() {
    const browser = await launchChromium(['--ignore-certificate-errors']);
    return {
      async open(url) {
        const page = await browser.newPage();
        await page.goto(url);
        return page as unknown as Page;
      },
      close: () => browser.close(),
    };
  },
  async Firefox() {
    const browser = await launchFirefox();
    return {
      async open(url) {
        const page = await browser.newPage();
        await page.goto(url);
        return page as unknown as Page;
      },
      close: () => browser.close(),
    };
  },
};

/** Seconds. Firefox refuses an allocation that does not outlast its margin of ten. */
const BRIEF_LIFETIME: Record<string, number> = { Chromium: 5, Firefox: 12 };
const HOLD_SECONDS = 20;

function ice(urls: string): IceServer {
  return { urls, ...credentialFor('ann') };
}

describe.each(Object.keys(DRIVERS))('%s', (name) => {
  let driver: Driver;
  let turn: TurnServer;
  let site: Server;
  let url: string;
  let tls: { cert: string; key: string };

  beforeAll(async () => {
    tls = await certificate();
    site = createServer((_, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><title>relay</title>');
    }).listen(0, '127.0.0.1');
    await once(site, 'listening');
    url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
    turn = await startOurs({ allowPeers: [], tlsPort: 0, tls });
    driver = await DRIVERS[name]!();
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

  // Firefox checks a relay's certificate against its own store, and has no switch for tests: Chromium stands for TLS.
  const transports = name === 'Chromium' ? ['udp', 'tcp', 'tls'] : ['udp', 'tcp'];
  test.each(transports)('data and video over %s', async (transport) => {
    const page = await talker();
    const where =
      transport === 'tls'
        ? `turns:127.0.0.1:${turn.tlsPort}?transport=tcp`
        : `turn:127.0.0.1:${turn.port}?transport=${transport}`;
    const route = await connect(page, ice(where), true);
    expect([route.local, route.remote]).toEqual(['relay', 'relay']);
    expect(route.transport).toBe(transport);
    expect(await echo(page, 200, 1000)).toBe(200);
    await expect
      .poll(() => page.evaluate(() => window.talk.framesSeen(), undefined), { timeout: 15_000 })
      .toBeGreaterThan(20);
    await close(page);
  });

  test('held past several refreshes', async () => {
    const brief = await startOurs({
      allowPeers: [],
      limits: { defaultLifetime: BRIEF_LIFETIME[name]!, maxLifetime: BRIEF_LIFETIME[name]! },
    });
    const page = await talker();
    await connect(page, ice(`turn:127.0.0.1:${brief.port}?transport=udp`));
    for (let second = 0; second < HOLD_SECONDS; second++) {
      expect(await echo(page, 5, 100)).toBe(5);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    expect(brief.allocations).toBeGreaterThanOrEqual(2);
    await close(page);
    await brief.close();
  });

  test('an ICE restart recovers from a restarted server', async () => {
    const first = await startOurs({ allowPeers: [] });
    const page = await talker();
    await connect(page, ice(`turn:127.0.0.1:${first.port}?transport=udp`));
    expect(await echo(page, 10, 100)).toBe(10);
    await first.close();
    const second = await startOurs({ allowPeers: [], port: first.port });
    const route = await page.evaluate(() => window.talk.restart(), undefined);
    expect([route.local, route.remote]).toEqual(['relay', 'relay']);
    expect(await echo(page, 50, 1000)).toBe(50);
    expect(second.allocations).toBeGreaterThanOrEqual(2);
    await close(page);
    await second.close();
  });

  test('the same credentials open a real coturn', async () => {
    const coturn = await startCoturn();
    const page = await talker();
    const route = await connect(page, ice(`turn:127.0.0.1:${coturn.port}?transport=udp`));
    expect([route.local, route.remote]).toEqual(['relay', 'relay']);
    expect(await echo(page, 50, 1000)).toBe(50);
    await close(page);
    await coturn.stop();
  });
});
