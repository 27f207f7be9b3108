/** What bench:chat does and sees in Holler's page: a click that opens a link, a key that sends, a text that appears. */
import type { Page } from 'playwright-core';
import { composer, friendRow } from '../browser/lib/person.ts';

declare global {
  interface Window {
    /** By the page's clock as ms since 1970. */
    benchPressed: number;
    benchClicked: number;
    benchOpened: Promise<number>;
    benchSent: number;
    benchAwait(text: string): Promise<number>;
  }
}

/** Runs in the page before it loads: when the first channel named `chat` of a connection opens. */
export function watchOpening(): void {
  const Original = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    override createDataChannel(label: string, options?: RTCDataChannelInit): RTCDataChannel {
      const channel = super.createDataChannel(label, options);
      if (label !== 'chat') return channel;
      window.benchOpened = new Promise((resolve) => {
        const opened = () => resolve(performance.timeOrigin + performance.now());
        channel.addEventListener('open', opened, { once: true });
      });
      return channel;
    }
  };
}

export async function loadAnew(page: Page, url: string, friend: string): Promise<void> {
  await page.goto(url);
  await friendRow(page, friend).getByText('Online').waitFor();
}

/** How long a person's finger rests on the button of a mouse before it makes a click; ms. */
const PRESS = 80;

export interface Opening {
  /** From the press of the button on the friend, as the page first hears of it, to the open channel; ms. */
  readonly fromPress: number;
  /** From the click that this press becomes; 0 if the channel was open by then. */
  readonly fromClick: number;
}

export async function openByClick(page: Page, friend: string): Promise<Opening> {
  await page.evaluate(() => {
    const now = () => performance.timeOrigin + performance.now();
    const first = { once: true, capture: true };
    window.addEventListener('pointerdown', () => (window.benchPressed = now()), first);
    window.addEventListener('click', () => (window.benchClicked = now()), first);
  });
  await friendRow(page, friend).click({ delay: PRESS });
  await page.waitForFunction(() => window.benchOpened !== undefined);
  return page.evaluate(async () => {
    const opened = await window.benchOpened;
    return {
      fromPress: opened - window.benchPressed,
      fromClick: Math.max(0, opened - window.benchClicked),
    };
  });
}

/** Runs in the page: when it first hears of the key that sends. */
export function watchSending(): void {
  window.addEventListener(
    'keydown',
    ({ key }) => {
      if (key === 'Enter') window.benchSent = performance.timeOrigin + performance.now();
    },
    { capture: true },
  );
}

/** Runs in the page: `benchAwait` resolves to the time at which a text stands in it, which it does not yet. */
export function watchShowing(): void {
  const awaited = new Map<string, (at: number) => void>();
  window.benchAwait = (text) => new Promise((resolve) => awaited.set(text, resolve));
  new MutationObserver(() => {
    const now = performance.timeOrigin + performance.now();
    for (const element of document.querySelectorAll('.message .bubble-text')) {
      awaited.get(element.textContent)?.(now);
      awaited.delete(element.textContent);
    }
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
}

/**
 * Types, rests as fingers do before Enter, sends; resolves to the ms from the key in one page to the text in the other.
 * The other page is asked while the fingers rest: a question that came with the message would be answered first.
 */
export async function sayAndWait(from: Page, to: Page, text: string, rest: number): Promise<number> {
  await composer(from).fill(text);
  const shown = to.evaluate((wanted) => window.benchAwait(wanted), text);
  await from.waitForTimeout(rest);
  await composer(from).press('Enter');
  const at = await shown;
  return at - (await from.evaluate(() => window.benchSent));
}
