/** One gibibyte from disk to disk: whole, in little memory, with the chat going on beside it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchProfile } from './lib/chromium.ts';
import {
  acceptAndSave,
  card,
  chooseFile,
  makeFile,
  rendererMemory,
  rendererOf,
  sha256Of,
} from './lib/file-people.ts';
import { type Holler, startHoller } from './lib/holler.ts';
import { befriend, openConversation, type Person, register, say, waitForPath } from './lib/person.ts';

/** Less only where somebody asks for it: a gibibyte is what is promised. */
const MEBIBYTES = Number(process.env['HOLLER_TEST_FILE_MIB'] ?? 1024);

const MESSAGES = 6;

let holler: Holler;
let folder: string;
let ada: Person;
let bo: Person;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holler-files-'));
  holler = await startHoller();
  const enter = async (userName: string, displayName: string): Promise<Person> => {
    const profile = await launchProfile(join(folder, userName));
    await profile.page.goto(holler.url);
    await register(profile.page, { userName, displayName });
    return { ...profile, userName, displayName };
  };
  [ada, bo] = [await enter('ada', 'Ada'), await enter('bob', 'Bo')];
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

it('carries a large file whole, in little memory, and the chat beside it', { timeout: 300_000 }, async () => {
  const path = join(folder, 'large.bin');
  await makeFile(path, MEBIBYTES);
  await chooseFile(ada, path);
  await card(bo).getByRole('button', { name: 'Accept' }).waitFor();
  const renderers = await Promise.all([ada, bo].map(({ context }) => rendererOf(context.browser()!)));
  const before = renderers.map(rendererMemory);
  const most = [...before];
  const waits: number[] = [];

  let saving = true;
  const watching = (async () => {
    // Few, so that the card stays within what the history draws.
    while (saving) {
      if (waits.length < MESSAGES) waits.push(await chatOnce(`beside the file ${waits.length}`));
      renderers.forEach((pid, index) => (most[index] = Math.max(most[index]!, rendererMemory(pid))));
      await bo.page.waitForTimeout(1_000);
    }
  })();
  const saved = await acceptAndSave(bo);
  saving = false;
  await watching;

  expect(saved.name).toBe('large.bin');
  expect(await sha256Of(saved.path)).toBe(await sha256Of(path));
  await card(bo).getByText('Received and checked').waitFor();
  await card(ada).getByText('has it').waitFor();
  const growth = most.map((value, index) => value - before[index]!);
  expect(Math.max(...growth), `renderers grew by ${growth.map(Math.round).join(' and ')} MiB`).toBeLessThan(
    100,
  );
  expect(waits.length).toBeGreaterThan(3);
  const median = waits.toSorted((a, b) => a - b)[Math.floor(waits.length / 2)]!;
  expect(median, `a message beside the file took ${Math.round(median)} ms`).toBeLessThan(1_500);
});

/** From the key that sends to the words on the other page, ms. */
async function chatOnce(text: string): Promise<number> {
  const started = Date.now();
  await say(ada.page, text);
  await bo.page.locator('.bubble-text').getByText(text, { exact: true }).waitFor();
  return Date.now() - started;
}
