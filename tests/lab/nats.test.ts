/** Two people on two hosts behind real NATs: which path the link takes, and what happens when the cable is pulled. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { describe, it, type TestContext } from 'vitest';
import { need } from '../tools/programs.mjs';
import { launchChromium } from '../browser/lib/chromium.ts';
import { startHoller } from '../browser/lib/holler.ts';
import {
  acceptAndSave,
  card,
  chooseFile,
  makeFile,
  progressOf,
  sha256Of,
} from '../browser/lib/file-people.ts';
import { selectedPairs, watchPeers, watchSent } from '../browser/lib/peers.ts';
import {
  befriend,
  friendRow,
  join,
  openConversation,
  type Person,
  say,
  shownTexts,
  waitForPath,
} from '../browser/lib/person.ts';
import { buildNetwork, type Host, type NatKind, type Network } from './network.ts';

const MIB = 1024 * 1024;

interface Lab {
  readonly network: Network;
  readonly ada: Person;
  readonly bob: Person;
}

/** Two friends on two hosts, each with the conversation open. All of it ends with the test. */
async function twoHosts({ onTestFinished }: TestContext, kinds: { a: NatKind; b: NatKind }): Promise<Lab> {
  const network = buildNetwork(kinds);
  onTestFinished(() => network.dispose());
  const { namespace, address } = network.server;
  const url = `http://${address}:3000`;
  const holler = await startHoller(
    {
      HOST: '0.0.0.0',
      PORT: '3000',
      PUBLIC_URL: url,
      TURN_PORT: '3478',
      TURN_RELAY_IP: address,
      // The lab's addresses are set aside for tests, which a relay refuses unless told otherwise.
      TURN_ALLOW_PEERS: '198.18.0.0/15',
    },
    { run: [need('ip'), 'netns', 'exec', namespace], url },
  );
  onTestFinished(() => holler.dispose());
  const person = async (host: Host, userName: string, displayName: string) => {
    const flags = [`--unsafely-treat-insecure-origin-as-secure=${url}`];
    const browser = await launchChromium(flags, host.wrap(need('chromium')));
    onTestFinished(() => browser.close());
    return join(browser, url, { userName, displayName }, {}, async (context) => {
      await watchPeers(context);
      await watchSent(context);
    });
  };
  const [ada, bob] = await Promise.all([person(network.a, 'ada', 'Ada'), person(network.b, 'bob', 'Bob')]);
  await befriend(ada, bob);
  await openConversation(ada.page, 'Bob');
  await openConversation(bob.page, 'Ada');
  return { network, ada, bob };
}

async function expectTalk(
  { expect }: TestContext,
  { ada, bob }: Pick<Lab, 'ada' | 'bob'>,
  text: string,
): Promise<void> {
  await say(ada.page, text);
  await expect.poll(() => shownTexts(bob.page), { timeout: 20_000 }).toContain(text);
}

// The longest first, since it mostly waits beside the others.
describe.concurrent('two hosts', () => {
  it('see a pulled cable within 15 s, and come back by themselves when it is put back', async (test) => {
    const { expect } = test;
    const { network, ada, bob } = await twoHosts(test, { a: 'cone', b: 'cone' });
    await waitForPath(bob.page, 'direct');
    await expectTalk(test, { ada, bob }, 'before');
    network.b.unplug();
    await friendRow(ada.page, 'Bob').getByText('Online').waitFor({ state: 'detached', timeout: 15_000 });
    await say(ada.page, 'while you were gone');
    await say(bob.page, 'written without a network');
    await bob.page.waitForTimeout(60_000);
    network.b.plugIn();
    await expect.poll(() => shownTexts(bob.page), { timeout: 40_000 }).toContain('while you were gone');
    await expect.poll(() => shownTexts(ada.page), { timeout: 40_000 }).toContain('written without a network');
    await waitForPath(ada.page, 'direct', 40_000);
  }, 300_000);

  it('behind NATs that keep their ports talk directly', async (test) => {
    const { expect } = test;
    const { ada, bob } = await twoHosts(test, { a: 'cone', b: 'cone' });
    await waitForPath(ada.page, 'direct');
    await waitForPath(bob.page, 'direct');
    const [pair] = await selectedPairs(ada.page);
    expect(['srflx', 'prflx']).toContain(pair?.remote);
    await expectTalk(test, { ada, bob }, 'through two routers');
  });

  it('behind symmetric NATs talk through the bundled relay', async (test) => {
    const { ada, bob } = await twoHosts(test, { a: 'symmetric', b: 'symmetric' });
    await waitForPath(ada.page, 'relayed', 30_000);
    await waitForPath(bob.page, 'relayed', 30_000);
    await expectTalk(test, { ada, bob }, 'through the relay');
  });

  it('of which one drops all UDP talk through the relay over TCP', async (test) => {
    const { ada, bob } = await twoHosts(test, { a: 'no-udp', b: 'cone' });
    await waitForPath(ada.page, 'relayed', 40_000);
    await expectTalk(test, { ada, bob }, 'without UDP');
  });

  it('finish a file although the cable is pulled in the middle, and little is sent twice', async (test) => {
    const { expect } = test;
    const { network, ada, bob } = await twoHosts(test, { a: 'cone', b: 'cone' });
    await waitForPath(bob.page, 'direct');
    const folder = await mkdtemp(joinPath(tmpdir(), 'holler-lab-file-'));
    test.onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const path = joinPath(folder, 'pulled.bin');
    await makeFile(path, 64);
    await chooseFile(ada, path);
    await card(bob).getByRole('button', { name: 'Accept' }).waitFor();
    const saved = await acceptAndSave(bob, async () => {
      await expect.poll(() => progressOf(bob), { timeout: 60_000 }).toBeGreaterThan(8 * MIB);
      network.b.unplug();
      // What is still in the host's own buffers is written; then nothing comes any more.
      await bob.page.waitForTimeout(2_000);
      const reached = await progressOf(bob);
      expect(reached).toBeLessThan(64 * MIB);
      await bob.page.waitForTimeout(8_000);
      expect(await progressOf(bob)).toBe(reached);
      network.b.plugIn();
    });
    expect(await sha256Of(saved.path)).toBe(await sha256Of(path));
    const sent = await ada.page.evaluate(() => window.hollerTestSent);
    expect(sent).toBeGreaterThan(64 * MIB);
    // A new connection asks from the last verified piece: what was under way is at most a window and the channel's buffer.
    expect(sent).toBeLessThan((64 + 16) * MIB);
  }, 180_000);
});
