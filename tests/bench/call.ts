/** `npm run bench:call`: from the press on Answer to the first picture of the caller, beside a bare call between the same browsers. */
import { parseArgs } from 'node:util';
import { answer, hungUp, press, ring, talking } from '../browser/lib/call-people.ts';
import { launchChromium } from '../browser/lib/chromium.ts';
import { startHoller } from '../browser/lib/holler.ts';
import { befriend, join, openConversation, waitForPath } from '../browser/lib/person.ts';
import { NAMES, openBarePair } from './bare-media.ts';
import { percentile, report } from './report.ts';

declare global {
  interface Window {
    benchFrame: Promise<number>;
  }
}

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });
const rounds = Number(values.rounds);

const holler = await startHoller();
const browser = await launchChromium(['--autoplay-policy=no-user-gesture-required']);
try {
  const ada = await join(browser, holler.url, { userName: 'ada', displayName: 'Ada' });
  const bo = await join(browser, holler.url, { userName: 'bob', displayName: 'Bo' }, {}, async (context) => {
    await context.addInitScript(NAMES);
  });
  await befriend(ada, bo);
  await openConversation(ada.page, 'Bo');
  await openConversation(bo.page, 'Ada');
  await waitForPath(ada.page, 'direct');
  await waitForPath(bo.page, 'direct');

  const bare: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < rounds; round++) {
    bare.push(await bareCall());
    ours.push(await ourCall());
  }
  const value = percentile(ours, 0.5);
  report('call', [
    { name: 'bare call to first frame p50', value: percentile(bare, 0.5), unit: 'ms' },
    {
      name: 'answer to first frame p50',
      value,
      unit: 'ms',
      ratio: value / percentile(bare, 0.5),
      target: 1.2,
    },
  ]);

  /** As for ours: the connection is there, and the caller's camera is open while it rings. */
  async function bareCall(): Promise<number> {
    const [left, right] = await openBarePair(ada.context, bo.context, holler.url);
    await left.evaluate(() => window.bareCamera());
    const took = await right.evaluate(() => window.bareCall());
    await left.close();
    await right.close();
    return took;
  }

  async function ourCall(): Promise<number> {
    await ring(ada, 'Video call');
    await bo.page.getByRole('alertdialog').waitFor();
    await bo.page.evaluate(() => {
      window.benchFrame = new Promise((resolve) => {
        let pressed = 0;
        const mark = () => (pressed = performance.now());
        document.addEventListener('click', mark, { capture: true, once: true });
        const look = () => {
          const video = document.querySelector<HTMLVideoElement>('.their-picture');
          if (!video) return void requestAnimationFrame(look);
          video.requestVideoFrameCallback(() => resolve(performance.now() - pressed));
        };
        look();
      });
    });
    await answer(bo, 'Answer with camera');
    const took = await bo.page.evaluate(() => window.benchFrame);
    await talking(ada, bo);
    await press(ada, 'Hang up');
    await hungUp(ada, bo);
    return took;
  }
} finally {
  await browser.close();
  await holler.dispose();
}
