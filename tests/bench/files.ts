/** `npm run bench:files`: a file from disk to disk over a link, beside the same bytes over one bare channel. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launchProfile } from '../browser/lib/chromium.ts';
import { card, chooseFile, makeFile, press } from '../browser/lib/file-people.ts';
import { startHoller } from '../browser/lib/holler.ts';
import {
  befriend,
  openConversation,
  type Person,
  register,
  say,
  waitForPath,
} from '../browser/lib/person.ts';
import { openBarePair } from './bare-media.ts';
import { percentile, report } from './report.ts';

const { values } = parseArgs({
  options: { mib: { type: 'string', default: '128' }, rounds: { type: 'string', default: '3' } },
});
const mebibytes = Number(values.mib);
const rounds = Number(values.rounds);

const folder = await mkdtemp(join(tmpdir(), 'holler-bench-'));
const holler = await startHoller();
const enter = async (userName: string, displayName: string): Promise<Person> => {
  const profile = await launchProfile(join(folder, userName));
  await profile.page.goto(holler.url);
  await register(profile.page, { userName, displayName });
  return { ...profile, userName, displayName };
};
const [ada, bo] = [await enter('ada', 'Ada'), await enter('bob', 'Bo')];
try {
  await befriend(ada, bo);
  await openConversation(ada.page, 'Bo');
  await openConversation(bo.page, 'Ada');
  await waitForPath(ada.page, 'direct');
  const path = join(folder, 'bench.bin');
  await makeFile(path, mebibytes);

  const bare: number[] = [];
  const ours: number[] = [];
  const idle = await chat(10);
  let beside: number[] = [];
  // In turns, so that both meet the same moods of the machine.
  for (let round = 0; round < rounds; round++) {
    bare.push(await overBareChannel());
    const [rate, waits] = await overLink(path, round);
    ours.push(rate);
    beside = [...beside, ...waits];
  }

  const value = percentile(ours, 0.5);
  report('files', [
    { name: 'bare channel', value: percentile(bare, 0.5), unit: 'MiB/s' },
    {
      name: 'disk to disk',
      value,
      unit: 'MiB/s',
      ratio: value / percentile(bare, 0.5),
      target: 0.85,
      better: 'higher',
    },
    { name: 'chat alone p50', value: percentile(idle, 0.5), unit: 'ms' },
    {
      name: 'chat beside a file p50',
      value: percentile(beside, 0.5),
      unit: 'ms',
      ratio: percentile(beside, 0.5) / percentile(idle, 0.5),
    },
  ]);
} finally {
  await ada.context.close();
  await bo.context.close();
  await holler.dispose();
  await rm(folder, { recursive: true, force: true });
}

async function overBareChannel(): Promise<number> {
  const [left, right] = await openBarePair(ada.context, bo.context, holler.url);
  await right.evaluate(() => window.bareStart(false, false));
  await left.evaluate(() => window.bareStart(true, false));
  const started = performance.now();
  await Promise.all([
    left.evaluate((count) => window.bareSend(count), mebibytes),
    right.evaluate((bytes) => window.bareReceived(bytes), mebibytes * 1024 * 1024),
  ]);
  const seconds = (performance.now() - started) / 1000;
  await left.close();
  await right.close();
  return mebibytes / seconds;
}

/** From the press on Accept until both pages call it complete: read, sent, verified and on the disk. */
async function overLink(path: string, round: number): Promise<[rate: number, waits: number[]]> {
  const cards = await bo.page.locator('.file-card').count();
  await chooseFile(ada, path);
  await bo.page.locator('.file-card').nth(cards).waitFor();
  const started = performance.now();
  await press(bo, 'Accept');
  const complete = card(ada)
    .and(ada.page.locator('[data-phase=complete]'))
    .waitFor({ timeout: 280_000 })
    .then(() => performance.now() - started);
  const waits = await chat(5, `round ${round}`);
  return [mebibytes / ((await complete) / 1000), waits];
}

/** From the key that sends to the words on the other page, ms. */
async function chat(count: number, label = 'idle'): Promise<number[]> {
  const waits: number[] = [];
  for (let index = 0; index < count; index++) {
    const text = `${label} ${index}`;
    const started = performance.now();
    await say(ada.page, text);
    await bo.page.locator('.bubble-text').getByText(text, { exact: true }).waitFor();
    waits.push(performance.now() - started);
  }
  return waits;
}
