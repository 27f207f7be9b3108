/** A history of 100,000 messages: nothing jumps, however one moves in it and whatever comes in meanwhile. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from './lib/chromium.ts';
import { type Gallery, startGallery } from './lib/gallery.ts';

let browser: Browser;
let gallery: Gallery;
let page: Page;
beforeAll(async () => {
  browser = await launchChromium();
  gallery = await startGallery();
});
afterAll(async () => {
  await browser.close();
  await gallery.close();
});
beforeEach(async () => {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
  });
  page = await gallery.open(context, 'long', '/c/lin');
  await page.locator('.message').first().waitFor();
  await page.waitForTimeout(300);
});
afterEach(() => page.context().close());

interface Seen {
  /** The number that a message's text begins with, and where it is, for each that is wholly in view. */
  readonly number: number;
  readonly top: number;
}

const seen = (): Promise<Seen[]> =>
  page.evaluate(() => {
    const box = document.querySelector('.history')?.getBoundingClientRect();
    if (box === undefined) return [];
    return [...document.querySelectorAll('.message')]
      .map((element) => ({ text: element.textContent, rect: element.getBoundingClientRect() }))
      .filter(({ rect }) => rect.top >= box.top && rect.bottom <= box.bottom)
      .map(({ text, rect }) => ({ number: Number(/^\d+/.exec(text)?.[0]), top: rect.top }))
      .toSorted((a, b) => a.number - b.number);
  });

const receive = (text: string) => page.evaluate((words) => window.messenger.receive('lin', words), text);

const wheel = async (by: number) => {
  await page.locator('.history').hover();
  await page.mouse.wheel(0, by);
  await page.waitForTimeout(120);
};

describe('a history of 100,000 messages', () => {
  it('begins at the first unread, under its divider', async () => {
    const numbers = (await seen()).map(({ number }) => number);
    expect(numbers).toContain(99_960);
    expect(await page.getByRole('separator', { name: 'New' }).isVisible()).toBe(true);
    expect(await page.getByRole('button', { name: 'Jump to the first unread' }).count()).toBe(0);
  });

  it('scrolls through windows without a jump', async () => {
    let before = await seen();
    for (let turn = 0; turn < 60; turn += 1) {
      await wheel(-400);
      const after = await seen();
      const moved = after
        .filter(({ number }) => before.some((other) => other.number === number))
        .map(({ number, top }) => top - (before.find((other) => other.number === number)?.top ?? 0));
      expect(moved.length, `turn ${turn}`).toBeGreaterThan(0);
      // What was in view moved as far as the wheel, give or take what a measured row differs from its guess.
      for (const distance of moved) expect(Math.abs(distance - 400), `turn ${turn}`).toBeLessThan(48);
      before = after;
    }
    expect(before[0]?.number).toBeLessThan(99_600);
    expect(await page.locator('.message').count()).toBeLessThan(80);
  });

  it('stays where it is read when news comes, and says how many', async () => {
    await wheel(-1500);
    const before = await seen();
    await receive('First of the news');
    await receive('Second of the news');
    const pill = page.getByRole('button', { name: '2 new messages' });
    await pill.waitFor();
    expect(await seen()).toEqual(before);
    await pill.click();
    await page.getByText('Second of the news').last().waitFor();
    await pill.waitFor({ state: 'detached' });
  });

  it('follows news at the end', async () => {
    await page.getByRole('button', { name: 'To the newest' }).click();
    await page.locator('.message', { hasText: '99999:' }).waitFor();
    await receive('Right here');
    const news = page.locator('.message', { hasText: 'Right here' });
    await news.waitFor();
    await page.waitForTimeout(200);
    const [frame, box] = [await page.locator('.history').boundingBox(), await news.boundingBox()];
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual((frame?.y ?? 0) + (frame?.height ?? 0));
  });

  it('follows a stream of news that is longer than the window', async () => {
    await page.getByRole('button', { name: 'To the newest' }).click();
    await page.locator('.message', { hasText: '99999:' }).waitFor();
    await page.evaluate(async () => {
      const { messenger } = window;
      for (let number = 1; number <= 500; number += 1) {
        messenger.receive('lin', `News ${number}, ${'and more '.repeat(number % 40)}`);
        if (number % 3 === 0) await new Promise((resolve) => setTimeout(resolve));
      }
    });
    await page.locator('.message', { hasText: 'News 500,' }).waitFor();
    await page.waitForTimeout(200);
    expect(await page.getByRole('button', { name: /new messages|To the newest/ }).count()).toBe(0);
    const below = await page.evaluate(() => {
      const box = document.querySelector('.history');
      return box === null ? NaN : box.scrollHeight - box.scrollTop - box.clientHeight;
    });
    expect(below).toBeLessThanOrEqual(1);
  });

  it('goes from message to message by the arrow keys, and opens the menu of one', async () => {
    await page.locator('.history').focus();
    for (let turn = 0; turn < 3; turn += 1) {
      await page.keyboard.press('ArrowUp');
      await page.waitForTimeout(80);
    }
    expect(await page.evaluate(() => document.activeElement?.classList.contains('message'))).toBe(true);
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Reply' }).click();
    await page.getByText(/^Reply to/).waitFor();
    await page.keyboard.press('Escape');
    await page.getByText(/^Reply to/).waitFor({ state: 'detached' });
  });
});
