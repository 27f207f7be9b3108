/**
 * Whose keys are known, and how fresh they are. The server announces versions; keys are asked for when somebody is
 * needed whose version is another one than that of the last answer. What was asked is kept, so nothing is asked twice.
 */
import type * as Wasm from '@matrix-org/matrix-sdk-crypto-wasm';
import type * as v from 'valibot';
import type { keysQueryAnswerSchema } from '../../../signaling/protocol/keys.ts';
import { engineUserId } from '../../../signaling/protocol/keys.ts';
import type { Result } from '../model.ts';
import type { Clock } from '../platform.ts';
import { DONE, fail } from '../result.ts';
import type { Address } from './address.ts';
import type { Machine } from './machine.ts';
import type { Outgoing } from './outgoing.ts';
import type { KeyCounts, Sync } from './sync.ts';
import { createTurns } from './turns.ts';

type Queried = v.InferOutput<typeof keysQueryAnswerSchema>;

/** What the last answer about somebody was. */
interface Asked {
  readonly version: number;
  readonly identity: boolean;
}

interface Needs {
  readonly machine: Machine;
  readonly sync: Sync;
  readonly outgoing: Pick<Outgoing, 'flush' | 'between'>;
  readonly clock: Pick<Clock, 'monotonic'>;
}

export interface People {
  /** What the server announced: counts of this device's own keys, versions of people's keys by person id. */
  announce(news: {
    counts?: KeyCounts | undefined;
    versions?: Readonly<Record<string, number>> | undefined;
  }): Promise<void>;
  /** Makes sure that the newest announced keys of these people are known. */
  follow(people: readonly string[]): Promise<Result>;
  /** Whether `follow` would find nothing to do. */
  areFresh(people: readonly string[]): boolean;
  /** As `follow`, but asks even if nothing new was announced. */
  refresh(people: readonly string[]): Promise<Result>;
  /** As `refresh`, but for one person at most every half minute: somebody may want us to ask without end. */
  recheck(person: string): Promise<Result>;
  /** Keys of this person were taken in before, be they the newest or not. */
  knows(person: string): boolean;
  queried(people: readonly string[], answer: Queried): Promise<void>;
  /** Another number whenever anybody's keys may be others than before. */
  epoch(): number;
  /** What is known of this person is not to be relied on: they are asked about before they are needed next. */
  distrust(person: string): void;
  /** They may be, though nobody was asked. */
  touch(): void;
  /** The last answer about this person had an identity. */
  hasIdentity(person: string): boolean;
  /** Ids of devices that may be sent to: signed by their owner's identity and not struck off. */
  devicesOf(person: string, orUnsigned?: boolean): Promise<readonly string[]>;
  /** Whether this device may be sent to; remembered as long as nobody's keys change. */
  believes(address: Address): Promise<boolean>;
  device(address: Address): Promise<Wasm.Device | null>;
}

const ASKED = 'asked';
/** The version of somebody about whom the server does not say one. */
const UNVERSIONED = -1;
const RECHECK_EVERY = 30_000;

export async function createPeople({ machine, sync, outgoing, clock }: Needs): Promise<People> {
  const { olm, library, notes, call } = machine;
  const announced = new Map<string, number>();
  const asked = new Map(Object.entries(((await notes.get(ASKED)) ?? {}) as Record<string, Asked>));
  /** Asked for, and no answer yet. */
  const awaited = new Set<string>();
  const distrusted = new Set<string>();
  const rechecked = new Map<string, number>();
  const turns = createTurns();
  let epoch = 0;
  const believed = new Map<string, { readonly epoch: number; readonly ids: readonly string[] }>();

  const user = (person: string) => new library.UserId(engineUserId(person));
  const isStale = (person: string) => {
    const known = asked.get(person)?.version;
    // An answer may be newer than the announcement: this device's own changes are not announced to it.
    return known === undefined || distrusted.has(person) || (announced.get(person) ?? known) > known;
  };

  async function ask(stale: readonly string[]): Promise<Result> {
    if (stale.length === 0) return DONE;
    await call(() => olm.updateTrackedUsers(stale.map(user)));
    await sync.take([], stale);
    for (const person of stale) awaited.add(person);
    const sent = await outgoing.flush();
    if (!stale.some((person) => awaited.has(person))) return DONE;
    return sent.ok ? fail('network') : sent;
  }

  async function devicesOf(person: string, orUnsigned = false): Promise<readonly string[]> {
    const owner = user(person);
    const devices = await call(() => olm.getUserDevices(owner));
    const list = devices.devices();
    const ids = list
      .filter((device) => orUnsigned || isBelieved(device))
      .map((device) => device.deviceId.toString());
    for (const freed of [owner, devices, ...list]) freed.free();
    return ids.toSorted();
  }

  async function believes({ userId, deviceId }: Address): Promise<boolean> {
    const known = believed.get(userId);
    if (known?.epoch === epoch) return known.ids.includes(deviceId);
    const asOf = epoch;
    const ids = await devicesOf(userId);
    believed.set(userId, { epoch: asOf, ids });
    return ids.includes(deviceId);
  }

  return {
    async announce(news) {
      for (const [person, version] of Object.entries(news.versions ?? {})) announced.set(person, version);
      if (news.counts === undefined) return;
      sync.setCounts(news.counts);
      await outgoing.between(() => sync.takeCounts());
    },
    async follow(people) {
      if (!people.some(isStale)) return DONE;
      return turns('ask', () => ask(people.filter(isStale)));
    },
    areFresh: (people) => !people.some(isStale),
    refresh: (people) => turns('ask', () => ask(people)),
    recheck(person) {
      const last = rechecked.get(person);
      if (last !== undefined && clock.monotonic() - last < RECHECK_EVERY) return Promise.resolve(DONE);
      rechecked.set(person, clock.monotonic());
      return turns('ask', () => ask([person]));
    },
    knows: (person) => asked.has(person),
    distrust(person) {
      distrusted.add(person);
      epoch++;
    },
    epoch: () => epoch,
    touch: () => void epoch++,
    async queried(people, answer) {
      epoch++;
      for (const person of people) {
        const identity = answer.master_keys[engineUserId(person)] !== undefined;
        asked.set(person, { version: answer.versions[person] ?? UNVERSIONED, identity });
        awaited.delete(person);
        distrusted.delete(person);
      }
      await notes.set([[ASKED, Object.fromEntries(asked)]]);
    },
    hasIdentity: (person) => asked.get(person)?.identity ?? false,
    devicesOf,
    believes,
    async device({ userId, deviceId }) {
      const owner = user(userId);
      const id = new library.DeviceId(deviceId);
      const device = await call(() => olm.getDevice(owner, id));
      owner.free();
      id.free();
      return device ?? null;
    },
  };
}

/** Devices that their owner's identity did not sign are neither sent to nor believed. */
export function isBelieved(device: Wasm.Device): boolean {
  return device.isCrossSignedByOwner() && !device.isBlacklisted() && !device.isDeleted();
}
