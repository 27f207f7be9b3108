/** Three people and a group: made, written in over links and by mailbox, and left by one who is removed. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineUserId } from '../../signaling/protocol/keys.ts';
import type { ClientMessage, ServerMessage } from '../../signaling/protocol/socket.ts';
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
const bosServer = hostileServer();

beforeAll(async () => {
  [holler, browser] = await Promise.all([startHoller(), launchChromium()]);
  cysServer.onToPage((message) => {
    toCy.push(message);
    return [message];
  });
  [ada, bo, cy] = await Promise.all([
    join(browser, holler.url, { userName: 'ada', displayName: 'Ada' }),
    join(browser, holler.url, { userName: 'bob', displayName: 'Bo' }, {}, (context) =>
      bosServer.standBefore(context),
    ),
    join(browser, holler.url, { userName: 'cyd', displayName: 'Cy' }, {}, async (context) => {
      await watchHeard(context);
      await cysServer.standBefore(context);
    }),
  ]);
  await befriend(ada, bo);
  await befriend(ada, cy);
});
afterAll(async () => {
  await browser.close();
  await holler.dispose();
  cysServer.end();
  bosServer.end();
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

/** Bo is shown the group as it is now, whatever becomes of it. Returns what ends that. */
async function freezeForBo(): Promise<() => Promise<void>> {
  const url = `${holler.url}/api/groups/${bo.page.url().split('/').at(-1)}`;
  const group = await (await bo.context.request.get(url)).text();
  const contentType = 'application/json';
  await bo.context.route(url, (route) => route.fulfill({ contentType, body: group }));
  await bo.context.route(`${url}/log/*`, (route) =>
    route.fulfill({ contentType, body: JSON.stringify({ changes: [], more: false }) }),
  );
  bosServer.onToPage((message) =>
    ['group-changed', 'member-devices'].includes(message.type) ? [] : [message],
  );
  return async () => {
    bosServer.onToPage(null);
    await bo.context.unroute(url);
    await bo.context.unroute(`${url}/log/*`);
  };
}

const heardBy = ({ page }: Person) => page.evaluate(() => window.hollerTestHeard.join('\n'));

/** While there were three. */
const ofThree = ['who is in?', 'I am', 'me too', 'at ten then'];
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
    await texts(cy.page).toEqual(ofThree);
    bo = { ...bo, page: await bo.context.newPage() };
    await bo.page.goto(url);
    await texts(bo.page).toEqual(ofThree);
  });

  it('a removed member gets nothing of what comes after, though the server hides the removal from another', async () => {
    const boId = (await friendRow(ada.page, 'Bo').getAttribute('href'))?.split('/').at(-1) ?? '';
    const boDevice = await deviceOf(bo.page);
    expect(await probe(boId, boDevice)).toMatchObject({
      group: 200,
      keys: expect.stringContaining(boDevice),
      oneTime: expect.stringContaining(boDevice),
      said: ['accepted', 'accepted', 0],
    });
    const thaw = await freezeForBo();
    await ada.page.getByRole('button', { name: chatEn.details, exact: true }).click();
    await ada.page.getByRole('button', { name: groupEn.details.menu('Cy') }).click();
    await ada.page.getByRole('menuitem', { name: groupEn.details.remove }).click();
    await ada.page.getByRole('alertdialog').getByRole('button', { name: groupEn.details.remove }).click();
    await cy.page.getByText(groupEn.details.gone).first().waitFor({ timeout: 60_000 });
    toCy.length = 0;

    // Bo hears of it from Ada's device, which he then asks for it; so long as that takes, he can send nothing.
    const held: ClientMessage[] = [];
    bosServer.onToServer((message) => {
      if (message.type === 'mail') held.push(message);
      return message.type !== 'mail';
    });
    await say(ada.page, 'without Cy');
    const doubt = bo.page.getByRole('alert').getByText(groupEn.doubt.title('Ada'));
    await doubt.waitFor({ timeout: 60_000 });
    await bo.page.getByText(groupEn.doubt.text.withheld('Ada')).waitFor();
    bosServer.sent.length = 0;
    await say(bo.page, 'only us two now');
    await bo.page.locator('.message').last().getByText(chatEn.state.queued).waitFor();
    await expect.poll(() => held.length, { timeout: 60_000 }).toBeGreaterThan(0);
    expect(bosServer.sent.filter(({ type }) => type === 'relay')).toEqual([]);
    expect((await shownTexts(ada.page)).at(-1)).toBe('without Cy');

    bosServer.onToServer(null);
    for (const message of held) bosServer.ask(message);
    await doubt.waitFor({ state: 'detached', timeout: 60_000 });
    await texts(ada.page).toEqual([...ofThree, 'without Cy', 'only us two now']);
    await thaw();
    expect(await shownTexts(cy.page)).toEqual(ofThree);
    // Nothing of it came, neither by the server nor over a link that a changed client would have kept open.
    expect(toCy.filter(({ type }) => ['relay', 'mail-page', 'signal'].includes(type))).toEqual([]);
    expect(await heardBy(cy)).not.toMatch(/without Cy|only us two now/);
    expect(JSON.stringify(bosServer.sent)).not.toContain(await deviceOf(cy.page));
    const { keys, oneTime, ...rest } = await probe(boId, boDevice);
    expect(keys + oneTime).not.toContain(boDevice);
    expect(rest).toEqual({ group: 404, said: ['forbidden', 'forbidden', 1] });
  });
});
