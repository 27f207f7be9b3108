/** One gibibyte from disk to disk: whole, in little memory, with the chat going on beside it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  acceptAndSave,
  card,
  chooseFile,
  makeFile,
  progressOf,
  rendererMemory,
  rendererOf,
  sha256Of,
} from './lib/file-people.ts';
import { type Holler, startHoller } from './lib/holler.ts';
import { befriend, joinAtHome, openConversation, type Person, say, waitForPath } from './lib/person.ts';

const MEBIBYTES = 1024;
const SIZE = MEBIBYTES * 1024 * 1024;
/** Few, so that the card stays within what the history draws. */
const MESSAGES = 6;

let holler: Holler;
let folder: string;
let ada: Person;
let bo: Person;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holler-files-'));
  holler = await startHoller();
  [ada, bo] = await Promise.all([
    joinAtHome(join(folder, 'ada'), holler.url, { userName: 'ada', displayName: 'Ada' }),
    joinAtHome(join(folder, 'bo'), holler.url, { userName: 'bob', displayName: 'Bo' }),
  ]);
  await befriend(ada, bo);
  await openConversation(ada.page, 'Bo');
  await openConversation(bo.page, 'Ada');
  await waitForPath(ada.page, 'direct');
  await waitForPath(bo.page, 'direct');
});
afterAll(async () => {
  await ada?.context.close();
  await bo?.context.close();
  await holler?.dispose();
  await rm(folder, { recursive: true, force: true });
});

it('carries a large file whole, in little memory, and the chat beside it', { timeout: 600_000 }, async () => {
  const path = join(folder, 'large.bin');
  await makeFile(path, MEBIBYTES);
  await chooseFile(ada, path);
  await card(bo).getByRole('button', { name: 'Accept' }).waitFor();
  const renderers = await Promise.all([ada, bo].map(({ context }) => rendererOf(context.browser()!)));
  const before = renderers.map(rendererMemory);
  const most = [...before];
  const watching = setInterval(() => {
    for (const [index, pid] of renderers.entries()) most[index] = Math.max(most[index]!, rendererMemory(pid));
  }, 250);

  const passed: number[] = [];
  const saved = await acceptAndSave(bo, async () => {
    for (let count = 0; count < MESSAGES; count++) {
      const far = (count / (MESSAGES + 1)) * SIZE;
      // Asked now and then: pages that are asked all the time move the file more slowly.
      await expect
        .poll(() => progressOf(bo), { interval: 500, timeout: 500_000 })
        .toBeGreaterThanOrEqual(far);
      passed.push(await bytesWhile(() => chatOnce(`beside the file ${count}`)));
    }
    expect(await card(bo).getAttribute('data-phase'), 'the file outran the chat').toBe('moving');
  });
  clearInterval(watching);

  expect(saved.name).toBe('large.bin');
  expect(await sha256Of(saved.path)).toBe(await sha256Of(path));
  await card(bo).getByText('Received and checked').waitFor();
  await card(ada).getByText('has it').waitFor();
  const growth = most.map((value, index) => value - before[index]!);
  expect(Math.max(...growth), `renderers grew by ${growth.map(Math.round).join(' and ')} MiB`).toBeLessThan(
    100,
  );
  // No message waited for the file: what went past each is a small part of it, whatever the machine's pace.
  expect(Math.max(...passed)).toBeLessThan(SIZE / 8);
});

/** How much further the file has come meanwhile, by what its card shows. */
async function bytesWhile(work: () => Promise<void>): Promise<number> {
  const before = await progressOf(bo);
  await work();
  return (await progressOf(bo)) - before;
}

/** From the key that sends to the words on the other page. */
async function chatOnce(text: string): Promise<void> {
  await say(ada.page, text);
  await bo.page.locator('.bubble-text').getByText(text, { exact: true }).waitFor();
}
