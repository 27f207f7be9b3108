/** People with devices and conversations, on a real server, in real browsers; all of them know each other's devices. */
import type { Browser } from 'playwright-core';
import { launchChromium } from '../browser/lib/chromium.ts';
import { createDevice } from './device.ts';
import type { Device } from './device.ts';
import { createMembership } from './membership.ts';
import type { Absence, Dump, Entry, Held, Renewal } from './oracle.ts';
import type { Report, Seen } from './page/device.ts';
import { servePages } from './pages.ts';
import { startPlaces } from './places.ts';
import { createRenewals } from './renewal.ts';
import { callTheRoll, isRollCall } from './roll-call.ts';
import { isTalk } from './schedule.ts';
import type { Act, Shape } from './schedule.ts';
import { until } from './until.ts';

const PASSWORD = 'mellow-otter-paints-74-doors';
/** How long one step of a fault may take, ms; it goes on for as long as it takes while what it needs is down. */
const STEP_MAX = 180_000;
const NAMES = ['ada', 'ben', 'cleo', 'dan', 'eve'];

export interface World {
  readonly journal: readonly Entry[];
  /** Of people who left a group and came back. */
  readonly absences: readonly Absence[];
  /** Of devices that lost what they stored. */
  readonly renewals: readonly Renewal[];
  /** `key` names what is done, once in a run. */
  perform(act: Act, key: string): Promise<void>;
  heal(): Promise<void>;
  /** Letters that still wait for somebody. */
  waiting(): Promise<number>;
  dumps(): Promise<readonly Dump[]>;
  problems(): readonly string[];
  /** How each device stands with the server and with its keys, for people. */
  standings(): Promise<readonly string[]>;
  serverOutput(): string;
  close(): Promise<void>;
}

export interface WorldNeeds {
  readonly shape: Shape;
  readonly database: 'embedded' | 'postgres';
  /** Devices behind a network that lets nothing through but the way to TURN. */
  readonly relayOnly: readonly number[];
  readonly log: (line: string) => void;
}

export async function createWorld({ shape, database, relayOnly, log }: WorldNeeds): Promise<World> {
  const places = await startPlaces(database);
  const pages = await servePages(places.url);
  const browser = await launchChromium([
    '--disable-renderer-backgrounding',
    '--disable-backgrounding-occluded-windows',
    '--disable-background-timer-throttling',
  ]);
  const journal: Entry[] = [];
  const entries = new Map<string, Entry>();
  const conversationOf = new Map<string, number>();
  const devices: Device[] = [];
  let placing: Promise<unknown> = Promise.resolve();
  /** By person. */
  const ids: string[] = [];
  /** By conversation of more than two. */
  const groupIds = new Map<number, string>();

  function take(device: number, { key, deed, outcome, id }: Report): void {
    const conversation = conversationOf.get(key.split('.')[0] ?? '');
    if (conversation === undefined) return;
    let entry = entries.get(key);
    if (!entry) {
      const person = shape.devices[device] ?? -1;
      const now = Date.now();
      entry = { deed, conversation, device, person, outcome: 'unknown', began: now, ended: now };
      entries.set(key, entry);
      journal.push(entry);
    }
    if (outcome !== null) entry.outcome = outcome;
    entry.ended = Date.now();
    if (id !== undefined) entry.id = id;
  }

  /** As a device of this person calls it. */
  function idOf(conversation: number, person: number): string {
    const group = groupIds.get(conversation);
    if (group !== undefined) return group;
    const members = shape.conversations[conversation] ?? [];
    const other = members.find((each) => each !== person);
    return ids[other ?? -1] ?? '';
  }

  const conversationsOf = (person: number) =>
    shape.conversations.flatMap((members, conversation) => (members.includes(person) ? [conversation] : []));

  async function perform(act: Act, key: string): Promise<void> {
    if ('place' in act) {
      const place = places.places[act.place];
      // One after the other: a server does not start before its database answers.
      placing = placing.then(() => (act.do === 'kill' ? place?.kill() : place?.start()));
      await placing;
      log(`${act.place}: ${act.do}`);
    } else if (isTalk(act)) {
      conversationOf.set(key, act.conversation);
      const device = devices[act.device];
      if (!device) return;
      const conversationId = idOf(act.conversation, device.person);
      const talk = () => renewals.speak(device, () => device.talk(conversationId, key, act));
      await membership.speak(act.conversation, device, talk);
    } else if ('by' in act) await membership.perform(act);
    else if (act.do === 'evict') {
      const device = devices[act.device];
      if (device) await renewals.perform(device);
    } else await devices[act.device]?.perform(act);
  }

  function held({ id, authorId, text, reactions, state }: Seen): Held {
    const marks = reactions.map(([emoji, person]) => `${emoji} ${ids.indexOf(person)}`).toSorted();
    return { id, author: ids.indexOf(authorId), text, reactions: marks, state };
  }

  const isCounted = ({ text }: Held) => text === null || !isRollCall(text);

  async function dump(device: Device, conversation: number): Promise<Dump> {
    const { stored, shown, outbox } = await device.look(idOf(conversation, device.person));
    return {
      device: device.index,
      person: device.person,
      conversation,
      stored: stored.map(held).filter(isCounted),
      shown: shown.map(held).filter(isCounted),
      outbox,
    };
  }

  async function people(on: Browser): Promise<void> {
    for (const [index, person] of shape.devices.entries()) {
      const device = await createDevice({
        browser: on,
        url: pages.url,
        index,
        person,
        relayOnly: relayOnly.includes(index),
        report: (report) => take(index, report),
        opened: () => conversationsOf(person).map((conversation) => idOf(conversation, person)),
      });
      devices.push(device);
      const isFirst = ids[person] === undefined;
      await enter(device, isFirst);
      await until(`device ${index} is ready`, async () => {
        const standing = await device.run((page) => page.evaluate(() => window.device.standing()));
        return standing === 'online ready' || standing;
      });
      ids[person] = await device.run((page) => page.evaluate(() => window.device.ownId()));
    }
    await friends();
    await groups();
  }

  const firstOf = (person: number): Device => {
    const device = devices.find((each) => each.person === person);
    if (!device) throw new Error(`person ${person} has no device`);
    return device;
  };

  /** The first of each conversation is a friend of all others in it, who need not be friends. */
  async function friends(): Promise<void> {
    const pairs = new Set(
      shape.conversations.flatMap(([one, ...others]) => others.map((other) => `${one} ${other}`)),
    );
    for (const pair of pairs) {
      const [one = 0, other = 0] = pair.split(' ').map(Number);
      await firstOf(one).run((page) =>
        page.evaluate((name) => window.device.messenger.people.request(name), NAMES[other] ?? ''),
      );
      await until(`person ${other} is asked`, () =>
        firstOf(other).run((page) => page.evaluate(() => window.device.requests() > 0)),
      );
      await firstOf(other).run((page) => page.evaluate(() => window.device.acceptAll()));
    }
    for (const device of devices) {
      const known = shape.conversations.flatMap((members, conversation) =>
        members.length === 2 && members.includes(device.person) ? [idOf(conversation, device.person)] : [],
      );
      await until(`device ${device.index} knows its friends`, () =>
        device.run((page) =>
          page.evaluate((all) => all.every((id) => window.device.contacts().includes(id)), known),
        ),
      );
      await device.run((page) => page.evaluate((all) => all.forEach(window.device.open), known));
    }
  }

  async function groups(): Promise<void> {
    for (const [conversation, [maker = 0, ...others]] of shape.conversations.entries()) {
      if (others.length < 2) continue;
      const memberIds = others.map((person) => ids[person] ?? '');
      const id = await firstOf(maker).run((page) =>
        page.evaluate(([name, all]) => window.device.makeGroup(name, all), ['All', memberIds] as const),
      );
      groupIds.set(conversation, id);
      for (const device of devicesIn(conversation)) {
        await until(`device ${device.index} is in the group`, () =>
          device.run((page) =>
            page.evaluate(([group, person]) => window.device.isMember(group, person), [
              id,
              ids[device.person] ?? '',
            ] as const),
          ),
        );
        await device.run((page) => page.evaluate((group) => window.device.open(group), id));
      }
    }
  }

  const devicesIn = (conversation: number) =>
    devices.filter(({ person }) => shape.conversations[conversation]?.includes(person));

  /** Or registers, and opens nothing yet. */
  async function enter(device: Device, isFirst: boolean): Promise<void> {
    await device.run((page) =>
      page.evaluate(
        async ([name, password, first]) => {
          const entering = first ? window.device.register : window.device.logIn;
          const entered = await entering(name, password);
          if (!entered.ok) throw new Error(entered.failure.code);
        },
        [NAMES[device.person] ?? '', PASSWORD, isFirst] as const,
      ),
    );
  }

  const slowly = { patience: STEP_MAX, every: 200, counts: places.serve };
  const renewals = createRenewals({
    async logIn(device) {
      await enter(device, false);
      const known = conversationsOf(device.person).map((conversation) => idOf(conversation, device.person));
      await device.run((page) => page.evaluate((all) => all.forEach(window.device.open), known));
    },
    unlock: (device) =>
      device.run((page) => page.evaluate((password) => window.device.unlock(password), PASSWORD)),
    others: (device) => devices.filter((each) => each !== device),
    slowly,
    log,
  });
  const membership = createMembership({
    groupId: (conversation) => groupIds.get(conversation) ?? '',
    idOf: (person) => ids[person] ?? '',
    devicesIn,
    slowly,
  });

  async function close(): Promise<void> {
    await browser.close();
    await pages.close();
    await places.dispose();
  }

  try {
    await people(browser);
    await callTheRoll({ devices, conversations: [...shape.conversations.keys()], devicesIn, idOf });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    journal,
    absences: membership.absences,
    renewals: renewals.all,
    perform,
    async heal() {
      await Promise.all(devices.map((device) => device.heal()));
    },
    async waiting() {
      const counts = await Promise.all(devices.map((device) => device.waiting()));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    async dumps() {
      const all: Dump[] = [];
      for (const conversation of shape.conversations.keys())
        for (const device of devicesIn(conversation)) all.push(await dump(device, conversation));
      return all;
    },
    problems: () =>
      devices.flatMap(({ index, problems }) => problems.map((each) => `device ${index}: ${each}`)),
    standings: () =>
      Promise.all(
        devices.map(async (device) => {
          const words = await device
            .run((page) =>
              page.evaluate(() =>
                [
                  window.device.standing(),
                  'unopened',
                  ...window.device.unopened(),
                  'groups',
                  ...window.device.groups(),
                ].join(' '),
              ),
            )
            .catch((error: unknown) => String(error));
          return `device ${device.index}: ${words}`;
        }),
      ),
    serverOutput: () => places.output(),
    close,
  };
}
