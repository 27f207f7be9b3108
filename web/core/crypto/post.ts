/**
 * Events from this device to single other devices. All travel sealed: what the engine would send in the clear
 * (verification, requests for secrets) is wrapped, and what nobody needs here (word that a key is withheld) stays home.
 */
import type * as Wasm from '@matrix-org/matrix-sdk-crypto-wasm';
import { personOfEngineUser } from '../../../signaling/protocol/keys.ts';
import type { ErrorCode } from '../../../signaling/protocol/errors.ts';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import type { Result } from '../model.ts';
import { fail, ok } from '../result.ts';
import type { Address } from './address.ts';
import type { Machine } from './machine.ts';
import type { OlmSessions } from './olm-sessions.ts';
import type { People } from './people.ts';
import { isBelieved } from './people.ts';
import { packEvent } from './sealed.ts';

interface Parcel {
  readonly to: Address;
  readonly bytes: Uint8Array;
}

export interface Refused {
  readonly to: Address;
  readonly code: ErrorCode;
}

/** Puts sealed events into devices' mailboxes: durable once it resolves ok, but for those that were refused. */
export type Mail = (id: string, parcels: readonly Parcel[]) => Promise<Result<readonly Refused[]>>;

interface Needs {
  readonly machine: Machine;
  readonly me: Address;
  readonly mail: Mail;
  readonly sessions: OlmSessions;
  readonly people: () => People;
}

export interface Post {
  /** An event that the engine wants sent. */
  send(request: Wasm.ToDeviceRequest): Promise<Result>;
  /** One of our own. `id` makes a repetition of it one and the same. */
  sendEvent(id: string, to: readonly Address[], type: string, content: object): Promise<Result>;
  /** Seals for one device. `forbidden`: it is not signed by its owner; `unavailable`: no session with it was begun. */
  seal(to: Address, type: string, content: object): Promise<Result<Uint8Array<ArrayBuffer>>>;
}

type Messages = Readonly<Record<string, Readonly<Record<string, object>>>>;

const ENCRYPTED = 'm.room.encrypted';
/** What may be wrapped, and is unwrapped again at the other end (events.ts). */
const WRAPPED = /^m\.(?:key\.verification\.[a-z]+|secret\.request)$/;
/** Of one mail: with its wrapping it fits a frame. */
const MAIL_BYTES = LIMITS.socketFrameBytes / 2;

export function createPost({ machine, me, mail, sessions, people }: Needs): Post {
  async function send(request: Wasm.ToDeviceRequest): Promise<Result> {
    const { messages } = JSON.parse(request.body) as { messages: Messages };
    if (request.event_type === ENCRYPTED) return deliver(request.id, sealedOf(messages));
    if (!WRAPPED.test(request.event_type)) return ok(undefined);
    for (const [to, content] of await recipients(messages)) {
      const sent = await sendEvent(
        `${request.id}-${to.deviceId.slice(0, 8)}`,
        [to],
        request.event_type,
        content,
      );
      if (!sent.ok) return sent;
    }
    return ok(undefined);
  }

  /** `*` stands for all devices of that person but this one. */
  async function recipients(messages: Messages): Promise<readonly (readonly [Address, object])[]> {
    const found: [Address, object][] = [];
    for (const [user, devices] of Object.entries(messages)) {
      const userId = personOfEngineUser(user);
      if (userId === null) continue;
      for (const [deviceId, content] of Object.entries(devices)) {
        const ids = deviceId === '*' ? await people().devicesOf(userId) : [deviceId];
        for (const id of ids) if (id !== me.deviceId) found.push([{ userId, deviceId: id }, content]);
      }
    }
    return found;
  }

  async function sendEvent(
    id: string,
    to: readonly Address[],
    type: string,
    content: object,
  ): Promise<Result> {
    const opened = await sessions.open([...new Set(to.map(({ userId }) => userId))]);
    if (!opened.ok) return opened;
    const parcels: Parcel[] = [];
    for (const address of to) {
      const bytes = await seal(address, type, content);
      // No session could be begun with this one; the others must not wait for it.
      if (bytes.ok) parcels.push({ to: address, bytes: bytes.value });
    }
    return deliver(id, parcels);
  }

  async function seal(to: Address, type: string, content: object): Promise<Result<Uint8Array<ArrayBuffer>>> {
    const device = await people().device(to);
    if (device === null) return fail('not-found');
    try {
      const own = to.userId === me.userId && WRAPPED.test(type);
      if (!own && !isBelieved(device)) return fail('forbidden');
      const text = await machine.call(() => device.encryptToDeviceEvent(type, content));
      const bytes = packed(JSON.parse(text) as object);
      return bytes === null ? fail('too-large') : ok(bytes);
    } catch (error) {
      if (machine.broken.get()) throw error;
      return fail('unavailable');
    } finally {
      device.free();
    }
  }

  async function deliver(id: string, parcels: readonly Parcel[]): Promise<Result> {
    for (const [index, load] of loadsOf(parcels).entries()) {
      // Whoever's mailbox refused asks for what it missed, once it can be reached again (missing-keys.ts).
      const sent = await mail(index === 0 ? id : `${id}-${index}`, load);
      if (!sent.ok) return sent;
    }
    return ok(undefined);
  }

  return { send, sendEvent, seal };
}

function loadsOf(parcels: readonly Parcel[]): Parcel[][] {
  const loads: Parcel[][] = [];
  let room = 0;
  for (const parcel of parcels) {
    const last = loads.at(-1);
    if (last === undefined || last.length === LIMITS.mailParcelsMax || parcel.bytes.length > room) {
      loads.push([parcel]);
      room = MAIL_BYTES - parcel.bytes.length;
    } else {
      last.push(parcel);
      room -= parcel.bytes.length;
    }
  }
  return loads;
}

function sealedOf(messages: Messages): Parcel[] {
  return Object.entries(messages).flatMap(([user, devices]) => {
    const userId = personOfEngineUser(user);
    return Object.entries(devices).flatMap(([deviceId, content]) => {
      const bytes = packed(content);
      return userId === null || bytes === null ? [] : [{ to: { userId, deviceId }, bytes }];
    });
  });
}

/** What the engine sealed for one device: `ciphertext` has one entry, under that device's key. */
function packed(content: object): Uint8Array<ArrayBuffer> | null {
  const { sender_key: senderKey, ciphertext } = content as {
    sender_key: string;
    ciphertext: Record<string, { type: number; body: string }>;
  };
  const [sealed] = Object.values(ciphertext);
  return sealed === undefined ? null : packEvent(sealed.type, senderKey, sealed.body);
}
