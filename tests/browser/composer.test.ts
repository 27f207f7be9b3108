/** What the keyboard does: with an input method, as most who write Chinese use, Enter chooses a word before it sends. */
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from './lib/chromium.ts';
import { type Gallery, startGallery } from './lib/gallery.ts';
import { composer } from './lib/person.ts';

let browser: Browser;
let gallery: Gallery;
let page: Page;
let inputMethod: CDPSession;
beforeAll(async () => {
  browser = await launchChromium();
  gallery = await startGallery();
});
afterAll(async () => {
  await browser.close();
  await gallery.close();
});
beforeEach(async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  page = await gallery.open(context, 'base', '/c/lin', { lang: 'zh-CN' });
  inputMethod = await context.newCDPSession(page);
  await composer(page).focus();
  return () => context.close();
});

const compose = (text: string) =>
  inputMethod.send('Input.imeSetComposition', {
    text,
    selectionStart: text.length,
    selectionEnd: text.length,
  });

/** The page sees the key, but the input method keeps to itself what it would write. */
const chooseByEnter = () =>
  inputMethod.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Enter', windowsVirtualKeyCode: 13 });

describe('the composer', () => {
  it('does not send while a word is being composed, and sends it once it is chosen', async () => {
    await compose('nihao');
    await chooseByEnter();
    expect(await page.locator('.message', { hasText: 'nihao' }).count()).toBe(0);
    await inputMethod.send('Input.insertText', { text: '你好吗' });
    expect(await composer(page).inputValue()).toBe('你好吗');
    await page.keyboard.press('Enter');
    await page.locator('.message', { hasText: '你好吗' }).waitFor();
    expect(await composer(page).inputValue()).toBe('');
  });

  it('breaks the line with Shift and Enter, and keeps the lines when sent', async () => {
    await page.keyboard.type('one');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('two');
    await page.keyboard.press('Enter');
    const sent = page.locator('.message .bubble-text', { hasText: 'two' });
    await sent.waitFor();
    expect(await sent.innerText()).toBe('one\ntwo');
  });

  it('edits the newest own text by the arrow up, and keeps the draft meanwhile', async () => {
    await page.keyboard.press('ArrowUp');
    await page.getByText('正在编辑这条消息').waitFor();
    expect(await composer(page).inputValue()).toBe('I will bring the camera');
    await page.keyboard.press('Escape');
    await page.getByText('正在编辑这条消息').waitFor({ state: 'detached' });
    expect(await composer(page).inputValue()).toBe('');
    await page.keyboard.type('a draft');
    await page.locator('.message', { hasText: '好，那就十点半见' }).click({ button: 'right' });
    await page.getByRole('menuitem', { name: '编辑' }).click();
    await page.getByText('正在编辑这条消息').waitFor();
    await composer(page).fill('好，十一点见');
    await composer(page).press('Enter');
    await page.locator('.message', { hasText: '好，十一点见' }).getByText('已编辑').waitFor();
    expect(await composer(page).inputValue()).toBe('a draft');
  });
});

it('puts an emoji under a message with the keyboard alone', async () => {
  await page.locator('.history').focus();
  await page.keyboard.press('ArrowUp');
  const focused = page.locator('.message:focus');
  await focused.waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitemcheckbox', { name: '用 👍 回应' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.locator('.menu-choice[data-highlighted]', { hasText: '❤️' }).waitFor();
  await page.keyboard.press('Enter');
  await focused.getByRole('button', { name: /❤️/, pressed: true }).waitFor();
});
