/** The page in any scene, without server or core: tests/gallery, built once and served by Vite. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { build, preview } from 'vite';
import galleryConfig from '../../gallery/vite.config.ts';

export interface Gallery {
  /** Opens a scene (tests/fakes/scenes.ts) at an address of the page, and waits until all of it is drawn. */
  open(context: BrowserContext, scene: string, at: string, look?: Look): Promise<Page>;
  close(): Promise<void>;
}

/** Another address of the page in a scene that is open, as the browser's own back and forward go there; `shown` stands there. */
export async function goTo(page: Page, at: string, shown: string): Promise<void> {
  await page.evaluate((address) => {
    history.pushState(null, '', address);
    dispatchEvent(new PopStateEvent('popstate'));
  }, at);
  await page.locator(shown).first().waitFor();
  await ready(page);
}

const ready = (page: Page): Promise<void> =>
  page.locator('.starting, [aria-busy=true]').first().waitFor({ state: 'hidden' });

export interface Look {
  readonly lang?: 'en' | 'zh-CN';
  readonly theme?: 'light' | 'dark';
}

export async function startGallery(): Promise<Gallery> {
  const outDir = await mkdtemp(join(tmpdir(), 'holler-gallery-'));
  const config = { ...galleryConfig, configFile: false as const, logLevel: 'warn' as const };
  await build({ ...config, build: { ...galleryConfig.build, outDir, emptyOutDir: true } });
  const server = await preview({ ...config, build: { outDir }, preview: { host: '127.0.0.1', port: 0 } });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    close: async () => {
      await server.close();
      await rm(outDir, { recursive: true, force: true });
    },
    open: async (context, scene, at, { lang = 'en', theme = 'light' } = {}) => {
      const page = await context.newPage();
      const query = new URLSearchParams({ scene, at, lang, theme });
      await page.goto(`http://127.0.0.1:${address.port}/tests/gallery/index.html?${query.toString()}`);
      await page.locator('#root > *').first().waitFor();
      // Parts of the page come later: the door, a conversation, what stands beside it. Without them there is little to look at.
      await page.waitForLoadState('networkidle');
      await ready(page);
      return page;
    },
  };
}
