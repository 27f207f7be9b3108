/** What people do with files on the real page, and what a test must know about them from outside of it. */
import { createHash, randomFillSync } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Browser, Download, Locator } from 'playwright-core';
import type { Person } from './person.ts';

/** A file of random bytes, so that nothing on the way can make it smaller. */
export async function makeFile(path: string, mebibytes: number): Promise<void> {
  const chunk = Buffer.alloc(1024 * 1024);
  const file = await open(path, 'w');
  for (let count = 0; count < mebibytes; count++) await file.write(randomFillSync(chunk));
  await file.close();
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path)) hash.update(part as Buffer);
  return hash.digest('hex');
}

export function chooseFile({ page }: Person, file: Parameters<Locator['setInputFiles']>[0]): Promise<void> {
  return page.locator('input[type=file]').setInputFiles(file);
}

/** The card of the newest file on screen. */
export const card = ({ page }: Person): Locator => page.locator('.file-card').last();

export const press = (person: Person, name: string): Promise<void> =>
  card(person).getByRole('button', { name, exact: true }).click();

/** Bytes that the card's bar shows. */
export async function progressOf(person: Person): Promise<number> {
  const bar = card(person).getByRole('progressbar');
  return (await bar.count()) === 0 ? 0 : Number(await bar.getAttribute('value'));
}

/** Accepts, and waits for what the browser then downloads. */
export async function acceptAndSave(person: Person, during: () => Promise<void> = async () => undefined) {
  // A large file takes its time; the test that waits for it has its own limit.
  const downloading = person.page.waitForEvent('download', { timeout: 0 });
  // Reported by the await below; until then `during` may take minutes.
  downloading.catch(() => undefined);
  await press(person, 'Accept');
  await during();
  const download: Download = await downloading;
  return { name: download.suggestedFilename(), path: await download.path() };
}

/** The renderer of this person's page: resident memory of the process, in MiB, as the kernel counts it. */
export function rendererMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
}

/** The process that draws this page: the renderer that spent the most time so far. */
export async function rendererOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  const busiest = renderers.toSorted((a, b) => b.cpuTime - a.cpuTime)[0];
  if (!busiest) throw new Error('no renderer');
  return busiest.id;
}
