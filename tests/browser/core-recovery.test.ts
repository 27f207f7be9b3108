/** All of core against the real server in real browsers: accounts, friends, messages, and what happens when things break. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, openProfile } from './lib/chromium.ts';
import { serveCorePages } from './lib/core-page.ts';
import type { CorePages } from './lib/core-page.ts';
import { startHoller } from './lib/holler.ts';
import type { Holler } from './lib/holler.ts';

let browser: Browser;
let server: Holler;
let pages: CorePages;
let adas: Page;
let bens: Page;
let ada: string;
let ben: string;

const PASSWORD = 'a horse that staples';

beforeAll(async () => {
  [server, browser] = await Promise.all([startHoller(), launchChromium()]);
  pages = await serveCorePages(server.url);
  [adas, bens] = await Promise.all([newPage(), newPage()]);
});
afterAll(async () => {
  await browser?.close();
  await pages?.close();
  await server?.dispose();
});

async function newPage(): Promise<Page> {
  const { page } = await openProfile(browser);
  await load(page);
  return page;
}

async function load(page: Page): Promise<void> {
  await page.goto(`${pages.url}/messenger.html`);
  await page.waitForFunction(() => window.core !== undefined);
}

const register = (page: Page, userName: string) =>
  page.evaluate(
    ([name, password]) =>
      window.core.messenger.account.register({
        userName: name!,
        displayName: name!.toUpperCase(),
        password: password!,
      }),
    [userName, PASSWORD],
  );
const connection = (page: Page) => page.evaluate(() => window.core.messenger.connection.get().state);
const session = (page: Page) => page.evaluate(() => window.core.messenger.session.get());
const path = (page: Page, friend: string) =>
  page.evaluate((id) => window.core.conversation(id).path.get().path, friend);
const lines = (page: Page, friend: string) => page.evaluate((id) => window.core.lines(id), friend);
const send = (page: Page, friend: string, text: string) =>
  page.evaluate(
    async ([id, message]) => (await window.core.conversation(id!).sendText(message!)).ok,
    [friend, text],
  );
const soon = { timeout: 15_000 };
const PATIENT = { timeout: 60_000 };
/** Messages that wait. */
const AWAY = 120;

describe('core in the browser', () => {
  it('registers, refuses, logs out and in again', async () => {
    expect(await register(adas, 'ada')).toMatchObject({ ok: true, value: { userName: 'ada' } });
    expect(await register(bens, 'ada')).toMatchObject({ ok: false, failure: { code: 'user-name-taken' } });
    expect(await register(bens, 'ben')).toMatchObject({ ok: true });
    await expect.poll(() => connection(adas)).toBe('online');
    await adas.evaluate(() => window.core.messenger.account.logOut());
    expect(await session(adas)).toEqual({ state: 'signed-out', reason: 'logged-out' });
    const logIn = (password: string) =>
      adas.evaluate(
        (text) => window.core.messenger.account.logIn({ userName: 'Ada', password: text }),
        password,
      );
    expect(await logIn('a wrong one')).toMatchObject({ ok: false, failure: { code: 'wrong-credentials' } });
    expect(await logIn(PASSWORD)).toMatchObject({ ok: true });
    await expect.poll(() => connection(adas)).toBe('online');
  });

  it('makes friends', async () => {
    expect(await adas.evaluate(() => window.core.messenger.people.request('ben'))).toMatchObject({
      ok: true,
    });
    await expect.poll(() => bens.evaluate(() => window.core.notices)).toContain('contact-request');
    await bens.evaluate(async () => {
      const [request] = window.core.messenger.people.state.get().incoming;
      await window.core.messenger.people.accept(request!.id);
    });
    await expect.poll(() => adas.evaluate(() => window.core.contact())).not.toBeNull();
    await expect.poll(() => bens.evaluate(() => window.core.contact())).not.toBeNull();
    ben = (await adas.evaluate(() => window.core.contact()))!;
    ada = (await bens.evaluate(() => window.core.contact()))!;
    expect(await adas.evaluate(() => window.core.notices)).toContain('contact-accepted');
  });

  it('talks straight, 200 messages each way, in order, with receipts', async () => {
    await lines(adas, ben);
    await expect.poll(() => path(adas, ben), soon).toBe('direct');
    await lines(bens, ada);
    await Promise.all(
      (
        [
          [adas, ben],
          [bens, ada],
        ] as const
      ).map(([page, friend]) =>
        page.evaluate(async (id) => {
          for (let n = 0; n < 200; n++) await window.core.conversation(id).sendText(String(n));
        }, friend),
      ),
    );
    const own = Array.from({ length: 200 }, (_, n) => `me ${n} delivered`);
    const theirs = Array.from({ length: 200 }, (_, n) => `friend ${n} delivered`);
    for (const [page, friend] of [
      [adas, ben],
      [bens, ada],
    ] as const) {
      // Of the 400 the window holds 300; a person would scroll. From the end anew each time, as what comes meanwhile
      // stays outside of a window that is full.
      const all = async () => {
        await page.evaluate(async (id) => {
          const conversation = window.core.conversation(id);
          await conversation.jumpToLatest();
          while (
            conversation.timeline.get().hasEarlier &&
            conversation.timeline.get().messages.length < 300
          ) {
            await conversation.loadEarlier();
          }
        }, friend);
        return lines(page, friend);
      };
      // Seldom: to read the whole window takes from what it waits for.
      const seldom = { timeout: 60_000, interval: 1_000 };
      await expect
        .poll(async () => (await all()).filter((line) => line.endsWith('queued')).length, seldom)
        .toBe(0);
      const shown = await all();
      const mine = shown.filter((line) => line.startsWith('me'));
      const received = shown.filter((line) => line.startsWith('friend'));
      expect(mine).toEqual(own.slice(-mine.length));
      expect(received).toEqual(theirs.slice(-received.length));
      expect(shown.length).toBe(300);
    }
  });

  it('keeps talking while the server is away, and finds it again', async () => {
    await server.stop();
    await expect.poll(() => connection(adas), soon).not.toBe('online');
    expect(await send(adas, ben, 'without a server')).toBe(true);
    await expect.poll(() => lines(bens, ada), soon).toContain('friend without a server delivered');
    expect(await path(adas, ben)).toBe('direct');
    await server.start();
    await expect.poll(() => connection(adas), { timeout: 40_000 }).toBe('online');
    await expect.poll(() => connection(bens), { timeout: 40_000 }).toBe('online');
    expect(await path(adas, ben)).toBe('direct');
  });

  it('has its history at once after a reload, and its link soon', async () => {
    await load(bens);
    expect(await session(bens)).toMatchObject({ state: 'signed-in' });
    await expect.poll(() => lines(bens, ada)).toContain('friend without a server delivered');
    await expect.poll(() => path(bens, ada), soon).toBe('direct');
    await expect.poll(() => path(adas, ben), soon).toBe('direct');
    await send(bens, ada, 'after the reload');
    await expect.poll(() => lines(adas, ben)).toContain('friend after the reload delivered');
  });

  it('sends what was written while the friend was away', async () => {
    const context = bens.context();
    await bens.close();
    await expect.poll(() => path(adas, ben), soon).toBe('mailbox');
    // So many that they are opened in a worker.
    await adas.evaluate(
      async ([id, count]) => {
        const numbers = Array.from({ length: count }, (_none, n) => n);
        await Promise.all(numbers.map((n) => window.core.conversation(id).sendText(`away ${n}`)));
      },
      [ben, AWAY] as const,
    );
    await send(adas, ben, 'while you were away');
    await expect.poll(() => lines(adas, ben), PATIENT).toContain('me while you were away sent');
    bens = await context.newPage();
    const workers: string[] = [];
    const problems: string[] = [];
    bens.on('worker', (worker) => workers.push(worker.url()));
    bens.on('console', (message) => message.type() === 'warning' && problems.push(message.text()));
    await load(bens);
    await expect.poll(() => lines(bens, ada), PATIENT).toContain('friend while you were away delivered');
    await expect.poll(() => lines(adas, ben), PATIENT).toContain('me while you were away delivered');
    const shown = (await lines(bens, ada)).filter((line) => line.startsWith('friend away'));
    const all = Array.from({ length: AWAY }, (_none, n) => `friend away ${n} delivered`);
    expect(shown).toEqual(all.slice(-shown.length));
    expect(shown.length).toBeGreaterThan(50);
    expect(workers.filter((url) => url.includes('/worker/reader'))).toHaveLength(1);
    expect(problems.filter((text) => text.includes('many messages'))).toEqual([]);
  });

  it('sends what was written without a network', async () => {
    await server.stop();
    await adas.evaluate((id) => window.core.close(id), ben);
    await bens.close();
    await adas.context().setOffline(true);
    await expect.poll(() => connection(adas), soon).toBe('offline');
    expect(await send(adas, ben, 'written alone')).toBe(true);
    await server.start();
    await adas.context().setOffline(false);
    bens = await bens.context().newPage();
    await load(bens);
    await expect
      .poll(() => lines(bens, ada), { timeout: 40_000 })
      .toContain('friend written alone delivered');
  });

  it('goes on in the next tab when the leading one closes', async () => {
    const second = await adas.context().newPage();
    await load(second);
    await expect.poll(() => connection(second)).toBe('online');
    const known = await lines(adas, ben);
    await expect.poll(() => lines(second, ben)).toEqual(known);
    await expect.poll(() => path(second, ben), soon).toBe('direct');
    await adas.close();
    await send(second, ben, 'from the next tab');
    await expect.poll(() => lines(bens, ada), soon).toContain('friend from the next tab delivered');
    await expect.poll(() => connection(second), soon).toBe('online');
    adas = second;
  });

  it('has lost, doubled and disordered nothing', async () => {
    const shown = await Promise.all([lines(adas, ben), lines(bens, ada)]);
    const [mine, theirs] = shown.map((all) =>
      all.map((line) => line.replace(/ (queued|delivered|read)$/, '')),
    );
    const mirrored = theirs!.map((line) =>
      line.startsWith('me') ? line.replace('me', 'friend') : line.replace('friend', 'me'),
    );
    const both = Math.min(mine!.length, mirrored.length);
    expect(both).toBeGreaterThan(50);
    expect(mirrored.slice(-both)).toEqual(mine!.slice(-both));
  });
});
