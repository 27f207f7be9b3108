/**
 * Devices that their owner removed. The server says so by not listing them any more; one that withholds that is not
 * relied on: the owner's other devices tell it themselves, sealed, and from then on such a device is left out of whatever
 * the server answers. They send an event at once, and name it in all that they say from then on (`Spoken.removed`), so
 * that dropping the event helps nobody. What is known only grows: the order of the words, and old ones, change nothing.
 */
import * as v from 'valibot';
import { personOfEngineUser } from '../../../signaling/protocol/keys.ts';
import { idSchema } from '../../../signaling/protocol/common.ts';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import { WIRE_LIMITS } from '../wire/message.ts';
import type { Address } from './address.ts';
import type { Events } from './events.ts';
import type { Notes } from './notes.ts';
import type { Outcome } from './outcome.ts';
import { unreachable, yes } from './outcome.ts';
import type { People } from './people.ts';
import type { Post } from './post.ts';

export interface Removals {
  /** What the server answers about these people's devices, without those that were removed. */
  without<T>(
    devices: Readonly<Record<string, Readonly<Record<string, T>>>>,
  ): Record<string, Record<string, T>>;
  /** Tells the devices of these people, and one's own, that this own device is removed; noted until they all are. */
  tell(deviceId: string, people: readonly string[]): Promise<Outcome>;
  /** Tells what could not be told before. */
  settle(people: readonly string[]): Promise<Outcome>;
  /** Own devices, to be named in all that is said: the newest, at most as many as a word may name. */
  named(): readonly string[];
  /** This device named these with something that it said. Struck when it resolves. */
  heard(from: Address, deviceIds: readonly string[]): Promise<Outcome>;
}

interface Needs {
  readonly me: Address;
  readonly notes: Notes;
  readonly events: Pick<Events, 'on'>;
  readonly post: Post;
  readonly people: () => People;
  readonly newId: () => string;
  /** A device of this person is believed no longer. */
  readonly onRemoved: (userId: string) => void;
}

const REMOVED = 'holler.removed';
const NOTE = 'removed devices';
const UNTOLD = 'removals to tell';
/** Of one person; the oldest are forgotten. Ids are never given twice. */
const KEPT = 10 * LIMITS.devicesMax;
const removedSchema = v.object({ device: idSchema });
const notedSchema = v.record(v.string(), v.array(v.string()));
const untoldSchema = v.array(idSchema);

export async function createRemovals(needs: Needs): Promise<Removals> {
  const { me, notes, events, post, people, newId } = needs;
  const noted = v.safeParse(notedSchema, await notes.get(NOTE));
  const removed = new Map(Object.entries(noted.success ? noted.output : {}));
  const waiting = v.safeParse(untoldSchema, await notes.get(UNTOLD));
  /** Own devices of whose removal not everybody was told. */
  let untold: readonly string[] = waiting.success ? waiting.output : [];

  const isRemoved = (person: string, deviceId: string): boolean =>
    removed.get(person)?.includes(deviceId) ?? false;

  /** By one of the same person's devices, which has no say any more once it is removed itself. */
  async function strike(
    { userId: person, deviceId: by }: Address,
    deviceIds: readonly string[],
  ): Promise<void> {
    const others = deviceIds.filter((id) => !isRemoved(person, id));
    if (others.length === 0 || isRemoved(person, by)) return;
    removed.set(person, [...(removed.get(person) ?? []), ...others].slice(-KEPT));
    // Seen by the engine with the next answer; the removed device's keys are changed with that. If none can be had now,
    // nothing is sealed for this person before one is.
    people().distrust(person);
    needs.onRemoved(person);
    await notes.set([[NOTE, Object.fromEntries(removed)]]);
  }

  /** Noted, and the page was gone before the engine had another answer. */
  async function takeUp(): Promise<void> {
    for (const [person, ids] of removed)
      if ((await people().devicesOf(person)).some((id) => ids.includes(id))) people().distrust(person);
  }

  async function setUntold(next: readonly string[]): Promise<void> {
    untold = next.slice(-KEPT);
    await notes.set([[UNTOLD, untold]]);
  }

  async function tellAll(deviceId: string, everybody: readonly string[]): Promise<Outcome> {
    const followed = await people().follow(everybody);
    if (!followed.ok) return unreachable(followed.failure);
    const to: Address[] = [];
    for (const userId of everybody)
      for (const id of await people().devicesOf(userId))
        if (id !== me.deviceId) to.push({ userId, deviceId: id });
    const sent = await post.sendEvent(newId(), to, REMOVED, { device: deviceId });
    if (!sent.ok) return unreachable(sent.failure);
    await setUntold(untold.filter((id) => id !== deviceId));
    return yes(undefined);
  }

  async function settle(friends: readonly string[]): Promise<Outcome> {
    for (const deviceId of untold) {
      const told = await tellAll(deviceId, [...new Set([...friends, me.userId])]);
      if (!told.ok) return told;
    }
    return yes(undefined);
  }

  events.on(REMOVED, async (from, content) => {
    const told = v.safeParse(removedSchema, content);
    if (told.success) await strike(from, [told.output.device]);
  });

  await takeUp();
  return {
    without: (devices) =>
      Object.fromEntries(
        Object.entries(devices).map(([user, theirs]) => {
          const person = personOfEngineUser(user) ?? '';
          return [user, Object.fromEntries(Object.entries(theirs).filter(([id]) => !isRemoved(person, id)))];
        }),
      ),
    async tell(deviceId, friends) {
      await strike(me, [deviceId]);
      if (!untold.includes(deviceId)) await setUntold([...untold, deviceId]);
      return settle(friends);
    },
    settle,
    named: () => (removed.get(me.userId) ?? []).slice(-WIRE_LIMITS.removedMax),
    async heard(from, deviceIds) {
      // Nearly always nothing is new. What a device sealed that is not listed any more may still be opened.
      const isOld = deviceIds.every((id) => isRemoved(from.userId, id));
      if (!isOld && (await people().believes(from))) await strike(from, deviceIds);
      return yes(undefined);
    },
  };
}
