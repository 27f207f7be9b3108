/**
 * One person who leaves a group, or is removed, and is let in again: what they must have of what was said meanwhile, and
 * what they must not have. They say nothing from before they go until all know that they are back, so that whatever they
 * say is for everybody.
 */
import type { Device } from './device.ts';
import type { Absence } from './oracle.ts';
import type { MemberAct } from './schedule.ts';
import { pause, until } from './until.ts';
import type { Waiting } from './until.ts';

/** How long is looked for moments at which each device has nothing to send. */
const LOOKING = 5_000;

interface Needs {
  readonly groupId: (conversation: number) => string;
  readonly idOf: (person: number) => string;
  readonly devicesIn: (conversation: number) => readonly Device[];
  /** How long one step may take. */
  readonly slowly: Waiting;
}

export interface Membership {
  readonly absences: readonly Absence[];
  perform(act: MemberAct): Promise<void>;
  /** Whether this person may speak there now; `talk` is what they say. */
  speak(conversation: number, device: Device, talk: () => Promise<void>): Promise<void>;
}

export function createMembership({ groupId, idOf, devicesIn, slowly }: Needs): Membership {
  const absences: Absence[] = [];
  /** What is being said, by person. */
  const talks = new Map<number, Set<Promise<void>>>();
  let current: Absence | null = null;
  let chain: Promise<void> = Promise.resolve();
  /** When each device was last known to have nothing to send. */
  const emptied = new Map<number, number>();

  /** Null while it has no tab that could say so. */
  async function ask<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch {
      return null;
    }
  }

  const isIn = (device: Device, { conversation, person }: MemberAct | Absence) =>
    ask(() =>
      device.run((page) =>
        page.evaluate(([group, id]) => window.device.isMember(group, id), [
          groupId(conversation),
          idOf(person),
        ] as const),
      ),
    );

  async function lookAtOutboxes(conversation: number): Promise<void> {
    await Promise.all(
      devicesIn(conversation).map(async (device) => {
        const asked = Date.now();
        if ((await ask(() => device.waiting())) === 0) emptied.set(device.index, asked);
      }),
    );
  }

  async function out(act: MemberAct): Promise<void> {
    const { conversation, person } = act;
    const all = devicesIn(conversation);
    const by = all.find(({ index }) => index === act.by);
    const own = all.filter((device) => device.person === person);
    if (!by) return;
    const absence: Absence = {
      conversation,
      person,
      by: by.index,
      lastSaid: new Map(),
      out: Infinity,
      back: Infinity,
      till: Infinity,
    };
    current = absence;
    absences.push(absence);
    const said = [...(talks.get(person) ?? [])];
    await Promise.all(said);
    await until(
      'whoever leaves has nothing to send',
      async () => {
        const counts = await Promise.all(own.map((device) => ask(() => device.waiting())));
        return counts.every((count) => count === 0);
      },
      slowly,
    );
    const limit = Date.now() + LOOKING;
    while (Date.now() < limit) {
      await lookAtOutboxes(conversation);
      await pause(300);
    }
    for (const [device, at] of emptied) absence.lastSaid.set(device, at);
    const what = by.person === person ? 'leave' : 'remove';
    await until(
      `${what} in the group`,
      async () => {
        if ((await isIn(by, act)) === false) return true;
        return change(by, what, act);
      },
      slowly,
    );
    absence.out = by.person === person ? Infinity : Date.now();
  }

  async function back(act: MemberAct): Promise<void> {
    const all = devicesIn(act.conversation);
    const by = all.find(({ index }) => index === act.by);
    const absence = current;
    if (!by || !absence) return;
    await until(
      'whoever lets them in knows that they are out',
      async () => (await isIn(by, act)) === false,
      slowly,
    );
    absence.back = Date.now();
    await until(
      'the person is let in again',
      async () => {
        if ((await isIn(by, act)) === true) return true;
        return change(by, 'add', act);
      },
      slowly,
    );
    const unaware = new Set(all);
    await until(
      'all know that the person is back',
      async () => {
        for (const device of unaware) if ((await isIn(device, act)) === true) unaware.delete(device);
        return unaware.size === 0 || `not devices ${[...unaware].map(({ index }) => index).join(', ')}`;
      },
      slowly,
    );
    absence.till = Date.now();
    current = null;
  }

  /** Tried once; false whatever came of it, since that is looked at afterwards. */
  async function change(by: Device, what: 'leave' | 'remove' | 'add', act: MemberAct): Promise<false> {
    await ask(() =>
      by.run((page) =>
        page.evaluate(([todo, group, id]) => window.device.changeMember(todo, group, id), [
          what,
          groupId(act.conversation),
          idOf(act.person),
        ] as const),
      ),
    );
    return false;
  }

  return {
    absences,
    perform(act) {
      chain = chain.then(() => (act.do === 'out' ? out(act) : back(act)));
      return chain;
    },
    async speak(conversation, device, talk) {
      if (current?.person === device.person && current.conversation === conversation) return;
      const said = talks.get(device.person) ?? new Set();
      talks.set(device.person, said);
      const done = talk();
      said.add(done);
      await done.finally(() => said.delete(done));
    },
  };
}
