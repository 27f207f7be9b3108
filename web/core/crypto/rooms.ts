/** Seals messages: once for all devices of a room's members, after each of them was given the room's key. */
import type * as Wasm from '@matrix-org/matrix-sdk-crypto-wasm';
import { engineUserId } from '../../../signaling/protocol/keys.ts';
import type { Address } from './envelope.ts';
import type { Machine } from './machine.ts';
import type { OlmSessions } from './olm-sessions.ts';
import type { Outcome } from './outcome.ts';
import { no, unreachable, yes } from './outcome.ts';
import type { Outgoing } from './outgoing.ts';
import type { People } from './people.ts';
import { packMessage } from './sealed.ts';
import type { Trust } from './trust.ts';
import { createTurns } from './turns.ts';

export interface Room {
  /** `!<smaller id>.<greater id>:holler` for two people. */
  readonly id: string;
  /** Everybody, oneself included. */
  readonly members: readonly string[];
}

export interface Sealed {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The devices that can open it, this one not counted. A device that comes later needs it sealed again. */
  readonly readers: readonly Address[];
}

interface Needs {
  readonly machine: Machine;
  readonly me: Address;
  readonly people: People;
  readonly trust: Trust;
  readonly sessions: OlmSessions;
  readonly outgoing: Outgoing;
  /** This device is signed by its owner's identity. */
  readonly ready: () => boolean;
}

export interface Rooms {
  seal(room: Room, content: object): Promise<Outcome<Sealed>>;
  /** The next message begins a new session, whose key everybody gets anew. */
  rotate(roomId: string): Promise<void>;
}

/** A new key after so many messages, or after a week (the engine's own measure of time). */
const ROTATE_AFTER = 1_000n;
const MESSAGE = 'holler.message';

export function createRooms({ machine, me, people, trust, sessions, outgoing, ready }: Needs): Rooms {
  const { olm, library, call } = machine;
  const turns = createTurns();
  const settings = new library.EncryptionSettings();
  settings.rotationPeriodMessages = ROTATE_AFTER;
  settings.sharingStrategy = library.CollectStrategy.identityBasedStrategy();
  /** Devices with which no session could be begun, by room: they lack its key. */
  const keyless = new Map<string, Set<string>>();

  async function mayRead(members: readonly string[]): Promise<Outcome> {
    if (!ready()) return no({ why: 'not-ready' });
    const followed = await people.follow(members);
    if (!followed.ok) return unreachable(followed.failure);
    for (const person of members)
      if ((await trust.level(person)) === 'changed') return no({ why: 'identity-changed', userId: person });
    return yes(undefined);
  }

  /** Asked until nothing is left to share: a session that ended meanwhile would break the engine. */
  async function share(room: Wasm.RoomId, { id, members }: Room): Promise<Outcome> {
    const opened = await sessions.open(members);
    if (!opened.ok) return unreachable(opened.failure);
    for (;;) {
      const users = members.map((person) => new library.UserId(engineUserId(person)));
      const requests = await call(() => olm.shareRoomKey(room, users, settings));
      for (const request of requests) {
        noteKeyless(id, request);
        const sent = await outgoing.send(request);
        if (!sent.ok) return unreachable(sent.failure);
      }
      if (requests.length === 0) return yes(undefined);
    }
  }

  function noteKeyless(roomId: string, request: Wasm.ToDeviceRequest): void {
    const lacking = keyless.get(roomId) ?? new Set<string>();
    keyless.set(roomId, lacking);
    const { messages } = JSON.parse(request.body) as { messages: Record<string, Record<string, Withheld>> };
    for (const devices of Object.values(messages))
      for (const [deviceId, content] of Object.entries(devices))
        if (content.code === 'm.no_olm') lacking.add(deviceId);
        else lacking.delete(deviceId);
  }

  async function readersOf({ id, members }: Room): Promise<Address[]> {
    const lacking = keyless.get(id);
    const lists = await Promise.all(
      members.map(async (userId) =>
        (await people.devicesOf(userId)).map((deviceId) => ({ userId, deviceId })),
      ),
    );
    return lists.flat().filter(({ deviceId }) => deviceId !== me.deviceId && !lacking?.has(deviceId));
  }

  async function sealNow(room: Room, content: object): Promise<Outcome<Sealed>> {
    const allowed = await mayRead(room.members);
    if (!allowed.ok) return allowed;
    const roomId = new library.RoomId(room.id);
    const shared = await share(roomId, room);
    if (!shared.ok) return shared;
    const text = await call(() => olm.encryptRoomEvent(roomId, MESSAGE, JSON.stringify(content)));
    const { session_id: sessionId, ciphertext } = JSON.parse(text) as Megolm;
    const bytes = packMessage(sessionId, ciphertext);
    if (bytes === null) return no({ why: 'too-large' });
    return yes({ bytes, readers: await readersOf(room) });
  }

  return {
    seal: (room, content) => turns(room.id, () => sealNow(room, content)),
    async rotate(roomId) {
      const id = new library.RoomId(roomId);
      await turns(roomId, () => call(() => olm.invalidateGroupSession(id)));
    },
  };
}

interface Withheld {
  readonly code?: string;
}

interface Megolm {
  readonly session_id: string;
  readonly ciphertext: string;
}
