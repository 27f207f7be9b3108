/**
 * Two friends talk, once in English and once in Chinese, three in a group, and every way of looking at it is photographed:
 * desktop and phone, light and dark. `npm run pictures` keeps the photographs for the README.
 */
import { mkdir } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from './lib/chromium.ts';
import { type Holler, startHoller } from './lib/holler.ts';
import { groupEn } from '../../web/app/groups/words-en.ts';
import { en } from '../../web/app/i18n/en.ts';
import {
  befriend,
  friendRow,
  join,
  openConversation,
  type Person,
  say,
  shownTexts,
  waitForPath,
} from './lib/person.ts';

const FOLDER = process.env['HOLLER_PICTURES'] ?? 'tests/.out/pictures';

interface Talk {
  readonly locale: 'en' | 'zh-CN';
  readonly people: readonly [
    { userName: string; displayName: string },
    { userName: string; displayName: string },
  ];
  /** Who says what: 0 or 1 of `people`. */
  readonly lines: readonly (readonly [0 | 1, string])[];
}

const TALKS: readonly Talk[] = [
  {
    locale: 'en',
    people: [
      { userName: 'ada', displayName: 'Ada Lindqvist' },
      { userName: 'tomas', displayName: 'Tomas Berg' },
    ],
    lines: [
      [1, 'Did the boat survive the storm?'],
      [0, 'It did! One rope is gone, and the cushions are somewhere in the harbour now.'],
      [1, 'So we sail on Saturday?'],
      [0, 'If it stays like this: https://weather.example/harbour'],
      [0, 'Bring the good coffee ☕️'],
      [1, 'Always. See you at eight.'],
    ],
  },
  {
    locale: 'zh-CN',
    people: [
      { userName: '林晓', displayName: '林晓' },
      { userName: '周宁', displayName: '周宁' },
    ],
    lines: [
      [1, '周六还去爬山吗？'],
      [0, '去！天气预报说是晴天，山上的柿子也该红了。'],
      [1, '那我带午饭，你带水。'],
      [0, '好，还是老地方，早上 8 点见。'],
      [0, '别忘了相机 📷'],
      [1, '早就放包里了。'],
    ],
  },
];

const SIZES = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
} as const;

let holler: Holler;
let browser: Browser;

beforeAll(async () => {
  await mkdir(FOLDER, { recursive: true });
  holler = await startHoller();
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await holler.dispose();
});

async function talk({ locale, people: [left, right], lines }: Talk): Promise<readonly [Person, Person]> {
  const options = { locale: locale === 'en' ? 'en-GB' : locale, deviceScaleFactor: 1.5 };
  const both = [
    await join(browser, holler.url, left, options),
    await join(browser, holler.url, right, options),
  ] as const;
  await befriend(...both);
  await openConversation(both[0].page, right.displayName);
  await openConversation(both[1].page, left.displayName);
  await waitForPath(both[0].page, 'direct');
  for (const [who, text] of lines) {
    await say(both[who].page, text);
    await expect.poll(() => shownTexts(both[1 - who]?.page as Page)).toContain(text);
  }
  return both;
}

/** Nothing sticks out to the side, whatever the size. */
async function expectToFit(page: Page): Promise<void> {
  const [needed, given] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    window.innerWidth,
  ]);
  expect(needed).toBeLessThanOrEqual(given ?? 0);
}

async function photograph(page: Page, name: (size: string, theme: string) => string): Promise<void> {
  // Notices about what has just happened have gone by then.
  await expect.poll(() => page.locator('.toast').count(), { timeout: 20_000 }).toBe(0);
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await expectToFit(page);
      await page.screenshot({ path: `${FOLDER}/${name(size, colorScheme)}.png` });
    }
  }
}

describe.each(TALKS)('a conversation in $locale', (each) => {
  it('fits a desktop and a phone, in light and dark', async () => {
    const [{ page, context }, other] = await talk(each);
    expect(await page.evaluate(() => document.documentElement.lang)).toBe(each.locale);
    await photograph(page, (size, theme) => `conversation-${size}-${theme}-${each.locale}`);
    await context.close();
    await other.context.close();
  });

  it('shows no word of the other language on the door', async () => {
    const context = await browser.newContext({ locale: each.locale === 'en' ? 'en-GB' : each.locale });
    const page = await context.newPage();
    await page.goto(holler.url);
    await page.locator('form').waitFor();
    const text = (await page.locator('main form, main header').allInnerTexts()).join(' ');
    const foreign = each.locale === 'en' ? /\p{Script=Han}/u : /[A-Za-z]{3,}/;
    expect(text.replaceAll('Holler', '')).not.toMatch(foreign);
    await context.close();
  });
});

const WALKERS = [
  { userName: 'ines', displayName: 'Inés Duarte' },
  { userName: 'jonas', displayName: 'Jonas Weber' },
  { userName: 'meilin', displayName: '林美' },
] as const;
const PLANS: readonly (readonly [0 | 1 | 2, string])[] = [
  [0, 'Sunday, the path along the river?'],
  [1, 'I am in. I can take two in the car.'],
  [2, '我也去！ I bring the thermos ☕️'],
  [1, 'Then ten o’clock, by the bridge.'],
];

/** For the README alone: groups have tests of their own. */
describe.runIf(process.env['HOLLER_PICTURES'])('a group of three', () => {
  it('fits a desktop and a phone, in light and dark', async () => {
    const options = { locale: 'en-GB', deviceScaleFactor: 1.5 };
    const people: Person[] = [];
    for (const each of WALKERS) people.push(await join(browser, holler.url, each, options));
    const [ines, jonas, mei] = people as [Person, Person, Person];
    await befriend(ines, jonas);
    await befriend(ines, mei);
    await ines.page.getByRole('button', { name: en.group.start }).click();
    await ines.page.getByLabel(groupEn.info.name, { exact: true }).fill('Sunday walks');
    for (const { displayName } of WALKERS.slice(1)) {
      await ines.page.getByRole('checkbox', { name: displayName }).check();
    }
    await ines.page.getByRole('button', { name: groupEn.start.make }).click();
    await ines.page.locator('.chat-name', { hasText: 'Sunday walks' }).waitFor();
    for (const { page } of [jonas, mei]) {
      await friendRow(page, 'Sunday walks').waitFor({ timeout: 60_000 });
      await openConversation(page, 'Sunday walks');
    }
    for (const [who, text] of PLANS) {
      await say(people[who]!.page, text);
      for (const { page } of people) {
        await expect.poll(() => shownTexts(page), { timeout: 60_000 }).toContain(text);
      }
    }
    await photograph(ines.page, (size, theme) => `group-${size}-${theme}-en`);
    for (const { context } of people) await context.close();
  });
});
