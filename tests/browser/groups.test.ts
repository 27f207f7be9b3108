/** Three people and a group: made, written in over links and by mailbox, and left by one who is removed. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineUserId } from '../../signaling/protocol/keys.ts';
import type { ServerMessage } from '../../signaling/protocol/socket.ts';
import { chatEn } from '../../web/app/chat/words-en.ts';
import { groupEn } from '../../web/app/groups/words-en.ts';
import { en } from '../../web/app/i18n/en.ts';
import { launchChromium } from './lib/chromium.ts';
import { hostileServer } from './lib/hostile-server.ts';
import { type Holler, startHoller } from './lib/holler.ts';
import { watchHeard } from './lib/peers.ts';
import {
  befriend,
  deviceOf,
  friendRow,
  join,
  openConversation,
  type Person,
  say,
  shownTexts,
} from './lib/person.ts';

let holler: Holler;
let browser: Browser;
let ada: Person;
let bo: Person;
let cy: Person;
/** What came to Cy's page over its socket. */
const toCy: ServerMessage[] = [];
/** As a client sees it whose owner has changed it. */
const cysServer = hostileServer();

beforeAll(async () => {
  holler = await startHoller();
  browser = await launchChromium();
  ada = await join(browser, holler.url, { userName: 'ada', displayName: 'Ada' });
  bo = await join(browser, holler.url, { userName: 'bob', displayName: 'Bo' });
  cysServer.onToPage((message) => {
    toCy.push(message);
    return [message];
  });
  cy = await join(browser, holler.url, { userName: 'cyd', displayName: 'Cy' }, {}, async (context) => {
    await watchHeard(context);
    await cysServer.standBefore(context);
  });
  await befriend(ada, bo);
  await befriend(ada, cy);
});
afterAll(async () => {
  await browser.close();
  await holler.dispose();
  cysServer.end();
});

/** What a changed client of Cy's is answered who asks for everything about the group and about Bo. */
async function probe(boId: string, boDevice: string) {
  const groupId = await cy.page.evaluate(() => location.pathname.split('/')[2] ?? '');
  const user = engineUserId(boId);
  const asked = await cy.page.evaluate(
    async ([group, queried, claimed]) => {
      const post = async (path: string, body: string) => {
        const headers = { 'content-type': 'application/json' };
        return (await fetch(path, { method: 'POST', headers, body })).text();
      };
      return {
        group: (await fetch(group)).status,
        keys: await post('/api/keys/query', queried),
        oneTime: await post('/api/keys/claim', claimed),
      };
    },
    [
      `/api/groups/${groupId}`,
      JSON.stringify({ device_keys: { [user]: [] } }),
      JSON.stringify({ one_time_keys: { [user]: { [boDevice]: 'signed_curve25519' } } }),
    ] as const,
  );
  const to = { userId: boId, deviceId: boDevice };
  const body = Buffer.from([9, 9, 9]).toString('base64');
  ref += 3;
  cysServer.ask({ type: 'relay', ref, to, body });
  cysServer.ask({ type: 'signal', ref: ref + 1, to, linkId: 'modified-client', body });
  cysServer.ask({ type: 'mail', ref: ref + 2, id: `modified-client-${ref}`, parcels: [{ to: [to], body }] });
  const answers = () =>
    toCy.filter((message) => 'ref' in message && [ref, ref + 1, ref + 2].includes(message.ref ?? 0));
  await expect.poll(() => answers().length).toBe(3);
  const said = answers().map((message) =>
    message.type === 'error'
      ? message.code
      : message.type === 'mailed'
        ? message.refused.length
        : message.type,
  );
  return { ...asked, said };
}
let ref = 900_000;
const heardBy = ({ page }: Person) => page.evaluate(() => window.hollerTestHeard.join('\n'));

const texts = (page: Page) => expect.poll(() => shownTexts(page), { timeout: 60_000 });

describe('a group', () => {
  it('is made, and what each writes is read by the others, who are no friends', async () => {
    await ada.page.getByRole('button', { name: en.group.start }).click();
    await ada.page.getByLabel(groupEn.info.name, { exact: true }).fill('Walks');
    await ada.page.getByRole('checkbox', { name: 'Bo' }).check();
    await ada.page.getByRole('checkbox', { name: 'Cy' }).check();
    await ada.page.getByRole('button', { name: groupEn.start.make }).click();
    await ada.page.locator('.chat-name', { hasText: 'Walks' }).waitFor();
    for (const { page } of [bo, cy]) {
      await friendRow(page, 'Walks').waitFor({ timeout: 60_000 });
      await openConversation(page, 'Walks');
    }
    await say(ada.page, 'who is in?');
    await texts(bo.page).toEqual(['who is in?']);
    await texts(cy.page).toEqual(['who is in?']);
    await say(bo.page, 'I am');
    await texts(cy.page).toEqual(['who is in?', 'I am']);
    await texts(ada.page).toEqual(['who is in?', 'I am']);
    await say(cy.page, 'me too');
    for (const { page } of [ada, bo]) await texts(page).toEqual(['who is in?', 'I am', 'me too']);
  });

  it('who is away finds it all later', async () => {
    const url = bo.page.url();
    await bo.page.close();
    await say(ada.page, 'at ten then');
    await texts(cy.page).toEqual(['who is in?', 'I am', 'me too', 'at ten then']);
    bo = { ...bo, page: await bo.context.newPage() };
    await bo.page.goto(url);
    await texts(bo.page).toEqual(['who is in?', 'I am', 'me too', 'at ten then']);
  });

  it('a removed member gets nothing of what comes after', async () => {
    const boId = (await friendRow(ada.page, 'Bo').getAttribute('href'))?.split('/').at(-1) ?? '';
    const boDevice = await deviceOf(bo.page);
    expect(await probe(boId, boDevice)).toMatchObject({
      group: 200,
      keys: expect.stringContaining(boDevice),
      oneTime: expect.stringContaining(boDevice),
      said: ['accepted', 'accepted', 0],
    });
    await ada.page.getByRole('button', { name: chatEn.details, exact: true }).click();
    await ada.page.getByRole('button', { name: groupEn.details.menu('Cy') }).click();
    await ada.page.getByRole('menuitem', { name: groupEn.details.remove }).click();
    await ada.page.getByRole('alertdialog').getByRole('button', { name: groupEn.details.remove }).click();
    await cy.page.getByText(groupEn.details.gone).first().waitFor({ timeout: 60_000 });
    toCy.length = 0;
    await say(bo.page, 'only us two now');
    await expect
      .poll(() => shownTexts(ada.page).then((all) => all.at(-1)), { timeout: 60_000 })
      .toBe('only us two now');
    expect((await shownTexts(cy.page)).at(-1)).toBe('at ten then');
    // Nothing of it came, neither by the server nor over a link that a changed client would have kept open.
    expect(toCy.filter(({ type }) => ['relay', 'mail-page', 'signal'].includes(type))).toEqual([]);
    expect(await heardBy(cy)).not.toContain('only us two now');
    const { keys, oneTime, ...rest } = await probe(boId, boDevice);
    expect(keys + oneTime).not.toContain(boDevice);
    expect(rest).toEqual({ group: 404, said: ['forbidden', 'forbidden', 1] });
  });
});
