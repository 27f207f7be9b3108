/** Seals messages: once for all devices of a room's members, after each of them was given the room's key. */
import type * as Wasm from '@matrix-org/matrix-sdk-crypto-wasm';
import { engineUserId } from '../../../signaling/protocol/keys.ts';
import type { Clock } from '../platform.ts';
import type { Address } from './address.ts';
import type { Keyless } from './keyless.ts';
import type { Machine } from './machine.ts';
import type { OlmSessions } from './olm-sessions.ts';
import type { Outcome } from './outcome.ts';
import { no, unreachable, yes } from './outcome.ts';
import type { Outgoing } from './outgoing.ts';
import type { People } from './people.ts';
import { indexOf, packMessage } from './sealed.ts';
import type { Trust } from './trust.ts';
import { isStopped } from './trust.ts';
import { createTurns } from './turns.ts';

export interface Room {
  /** `!<smaller id>.<greater id>:holler` for two people, `!<group id>:holler` for a group. */
  readonly id: string;
  /** Everybody, oneself included. */
  readonly members: readonly string[];
  /**
   * In a group, whoever's identity changed is left out until the person decides; between two people nothing is sealed
   * until then. Each change of who is in begins a new session, so that nobody reads what was not for them.
   */
  readonly group?: boolean;
}

export interface Sealed {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /**
   * The devices that are to have it, this one not counted. A device that comes later needs it sealed again. One that no
   * session could be begun with asks for the key when it has the message; where nobody else could open that, it is left
   * out until there is one.
   */
  readonly readers: readonly Address[];
}

interface Needs {
  readonly machine: Machine;
  readonly me: Address;
  readonly people: People;
  readonly trust: Trust;
  readonly sessions: OlmSessions;
  readonly keyless: Keyless;
  readonly outgoing: Outgoing;
  readonly clock: Pick<Clock, 'now'>;
  /** This device is signed by its owner's identity. */
  readonly isReady: () => boolean;
  /** The server can be reached, as far as is known. */
  readonly isOnline: () => boolean;
}

export interface Rooms {
  /** As in Engine. */
  audience(room: Room): readonly Address[] | null;
  prepare(room: Room): Promise<Outcome<readonly Address[]>>;
  seal(room: Room, content: object): Promise<Outcome<Sealed>>;
  /** Whether this person was in the group when this device began the session; true for sessions between two people. */
  wasFor(sessionId: string, person: string): Promise<boolean>;
}

const MESSAGE = 'holler.message';
/**
 * A session gets a successor after so many messages or so long, but not while the server that carries its key is away.
 * For each message that it opens the engine counts on from the session's beginning, so a long one is slow to open.
 */
const ROTATE_AFTER = 100;
const ROTATE_EVERY = 7 * 86_400_000;
/** Past these the engine breaks when it seals without a look at `shareRoomKey`; it allows no more. */
const ENGINE_MESSAGES = 10_000;
const ENGINE_PERIOD = 100n * 366n * 86_400_000_000n;

/** A room whose key everybody has. */
interface Prepared {
  /** Whoever knows other keys or people than then must look again. */
  readonly epoch: number;
  readonly members: string;
  readonly readers: readonly Address[];
  readonly sessionId: string;
  readonly startedAt: number;
  /** Of the last message. */
  readonly index: number;
}

interface Started {
  readonly sessionId: string;
  readonly at: number;
  /** Of a group, as `prepared` has them. */
  readonly members?: string;
}

export function createRooms(needs: Needs): Rooms {
  const { machine, me, people, trust, sessions, keyless, outgoing, clock } = needs;
  const { olm, library, notes, call } = machine;
  const turns = createTurns();
  const settings = new library.EncryptionSettings();
  settings.rotationPeriodMessages = BigInt(ENGINE_MESSAGES);
  settings.rotationPeriod = ENGINE_PERIOD;
  settings.sharingStrategy = library.CollectStrategy.identityBasedStrategy();
  const prepared = new Map<string, Prepared>();

  /** The members for whom it is sealed. */
  async function trusted({ members, group = false }: Room): Promise<Outcome<readonly string[]>> {
    if (!needs.isReady()) return no({ why: 'not-ready' });
    const followed = await people.follow(members);
    if (!followed.ok) return unreachable(followed.failure);
    const changed: string[] = [];
    for (const person of members) if (isStopped(await trust.level(person))) changed.push(person);
    const [first] = changed;
    if (first === undefined) return yes(members);
    // One's own: then this device is not to be relied on by anybody.
    if (!group || changed.includes(me.userId)) return no({ why: 'identity-changed', userId: first });
    return yes(members.filter((person) => !changed.includes(person)));
  }

  /** Only once something was sealed with it is it known when a session began. */
  const isDue = ({ sessionId, index, startedAt }: Prepared) =>
    sessionId !== '' &&
    (index + 1 >= ROTATE_AFTER || clock.now() - startedAt >= ROTATE_EVERY) &&
    needs.isOnline();

  /** Asked until nothing is left to share: sealing with a session that is over would break the engine. */
  async function share(room: Wasm.RoomId, { members }: Room): Promise<Outcome> {
    const opened = await sessions.open(members);
    if (!opened.ok) return unreachable(opened.failure);
    for (;;) {
      const users = members.map((person) => new library.UserId(engineUserId(person)));
      const requests = await call(() => olm.shareRoomKey(room, users, settings));
      for (const request of requests) {
        await keyless.note(request);
        const sent = await outgoing.send(request);
        if (!sent.ok) return unreachable(sent.failure);
      }
      if (requests.length === 0) return yes(undefined);
    }
  }

  async function readersOf({ members }: Room): Promise<Address[]> {
    const lists = await Promise.all(
      members.map(async (userId) =>
        (await people.devicesOf(userId)).map((deviceId) => ({ userId, deviceId })),
      ),
    );
    const all = lists.flat().filter(({ deviceId }) => deviceId !== me.deviceId);
    const able = all.filter(({ deviceId }) => !keyless.has(deviceId));
    for (const device of all) if (!able.includes(device)) keyless.askAgain(device);
    return able.some(({ userId }) => userId !== me.userId) ? all : able;
  }

  const startedIn = async (roomId: string) => (await notes.get(`session ${roomId}`)) as Started | undefined;

  async function startOf({ id, group }: Room, sessionId: string, members: string): Promise<number> {
    const noted = await startedIn(id);
    if (noted?.sessionId === sessionId) return noted.at;
    const started: Started = { sessionId, at: clock.now() };
    if (group) {
      await notes.set([
        [`session ${id}`, { ...started, members }],
        [`members ${sessionId}`, members],
      ]);
    } else await notes.set([[`session ${id}`, started]]);
    return started.at;
  }

  /** The engine sees to it by itself when somebody leaves, and gives whoever comes no key to what was; this is for both. */
  async function endIfOthers(id: Wasm.RoomId, room: Room, members: string): Promise<void> {
    if (!room.group) return;
    const noted = await startedIn(room.id);
    if (noted !== undefined && noted.members !== members) await call(() => olm.invalidateGroupSession(id));
  }

  async function encrypt(room: Wasm.RoomId, content: object): Promise<Megolm> {
    const text = await call(() => olm.encryptRoomEvent(room, MESSAGE, JSON.stringify(content)));
    return JSON.parse(text) as Megolm;
  }

  const isCurrent = (ready: Prepared | undefined, members: readonly string[]): ready is Prepared =>
    ready?.epoch === people.epoch() && ready.members === members.join(' ');

  /** What was prepared last, should nothing have changed since. */
  function audience({ id, members, group = false }: Room): readonly Address[] | null {
    if (!needs.isReady() || !people.areFresh(members)) return null;
    const same = members.filter((person) => !isStopped(trust.of(person).get()));
    if (same.length < members.length && (!group || !same.includes(me.userId))) return null;
    const ready = prepared.get(id);
    return isCurrent(ready, same) ? ready.readers : null;
  }

  async function prepareNow(room: Room): Promise<Outcome<Prepared>> {
    const allowed = await trusted(room);
    if (!allowed.ok) return allowed;
    const before = prepared.get(room.id);
    const isOver = before !== undefined && (isDue(before) || before.index + 1 >= ENGINE_MESSAGES);
    if (isCurrent(before, allowed.value) && !isOver) return yes(before);
    prepared.delete(room.id);
    const readable = { ...room, members: allowed.value };
    const members = allowed.value.join(' ');
    const id = new library.RoomId(room.id);
    if (before !== undefined && isDue(before)) await call(() => olm.invalidateGroupSession(id));
    await endIfOthers(id, room, members);
    const epoch = people.epoch();
    const shared = await share(id, readable);
    if (!shared.ok) return shared;
    const readers = await readersOf(readable);
    const ready = { epoch, members, readers, sessionId: '', startedAt: 0, index: 0 };
    prepared.set(room.id, ready);
    return yes(ready);
  }

  async function sealNow(room: Room, content: object): Promise<Outcome<Sealed>> {
    const done = await prepareNow(room);
    if (!done.ok) return done;
    const ready = done.value;
    const id = new library.RoomId(room.id);
    const { session_id: sessionId, ciphertext } = await encrypt(id, content);
    const bytes = packMessage(sessionId, ciphertext);
    const index = indexOf(ciphertext);
    const startedAt =
      ready.sessionId === sessionId ? ready.startedAt : await startOf(room, sessionId, ready.members);
    prepared.set(room.id, { ...ready, sessionId, startedAt, index });
    return bytes === null ? no({ why: 'too-large' }) : yes({ bytes, readers: ready.readers });
  }

  return {
    audience,
    prepare: (room) =>
      turns(room.id, async () => {
        const done = await prepareNow(room);
        return done.ok ? yes(done.value.readers) : done;
      }),
    seal: (room, content) => turns(room.id, () => sealNow(room, content)),
    async wasFor(sessionId, person) {
      const members = (await notes.get(`members ${sessionId}`)) as string | undefined;
      return members === undefined || members.split(' ').includes(person);
    },
  };
}

interface Megolm {
  readonly session_id: string;
  readonly ciphertext: string;
}
