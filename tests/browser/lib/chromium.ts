/** A real Chromium for tests, with the flags that a closed network and a root user need. */
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { need } from '../../tools/programs.mjs';

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--disable-features=${[
    // Two profiles on one machine: their .local names would need a multicast network to resolve.
    'WebRtcHideLocalIpsWithMdns',
    // Pages of the browser's own behind the address bar of each window, though nobody sees it: a second of computing.
    'WebUIOmniboxPopup',
    'WebUIOmniboxAimPopup',
  ].join(',')}`,
  '--allow-loopback-in-peer-connection',
  '--use-fake-device-for-media-stream=fps=30',
  '--use-fake-ui-for-media-stream',
];

/**
 * `executablePath` may be a wrapper, for instance one that starts it on another host of the lab; `home` stands for
 * the user's home folder, where Chromium looks for authorities to trust.
 */
export function launchChromium(
  more: readonly string[] = [],
  executablePath: string = need('chromium'),
  home?: string,
): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [...FLAGS, ...more],
    ...(home !== undefined && { env: { ...process.env, HOME: home } }),
  });
}

/** A browser of one profile that is kept in `folder`, whose storage is on the disk as at home and not in memory. */
export async function launchProfile(folder: string, more: readonly string[] = []): Promise<Profile> {
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: need('chromium'),
    args: [...FLAGS, ...more],
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
  });
  return watch(context, context.pages()[0] ?? (await context.newPage()));
}

/** One person's browser: a profile of its own, one page, and every error that the page reports. */
export interface Profile {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Uncaught exceptions and console errors so far. */
  readonly problems: string[];
}

export async function openProfile(browser: Browser, options: BrowserContextOptions = {}): Promise<Profile> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
    ...options,
  });
  return watch(context, await context.newPage());
}

function watch(context: BrowserContext, page: Page): Profile {
  const problems: string[] = [];
  context.on('weberror', (error) => problems.push(String(error.error())));
  context.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  return { context, page, problems };
}
