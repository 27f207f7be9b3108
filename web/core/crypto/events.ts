/** Takes in sealed events from single other devices: the engine's own (room keys) and ours, by their type. */
import { engineUserId } from '../../../signaling/protocol/keys.ts';
import type { Address } from './address.ts';
import type { Machine } from './machine.ts';
import type { People } from './people.ts';
import { isBelieved } from './people.ts';
import { unpackEvent } from './sealed.ts';
import type { SealedProblem } from './sealed.ts';
import type { Processed, Sync } from './sync.ts';

export interface Letter {
  /** As the server claims it. */
  readonly from: Address;
  readonly bytes: Uint8Array;
}

export type Received =
  /** Taken in by the engine, or by the one who handles its type. */
  | { readonly did: 'take'; readonly type: string; readonly content: unknown }
  | {
      readonly did: 'refuse';
      readonly why:
        | SealedProblem
        /** From another person or device than claimed. */
        | 'forged'
        /** Not signed by its owner's identity, or struck off. */
        | 'untrusted-device'
        /** Cannot be opened: a repetition, damaged, or the session between the two devices is broken (it heals). */
        | 'undecryptable';
    };

type Handler = (from: Address, content: Record<string, unknown>) => Promise<void>;

export interface Events {
  /** In order; stored when it resolves. */
  receive(letters: readonly Letter[]): Promise<Received[]>;
  /** Who handles events of this type. */
  on(type: string, handler: Handler): void;
}

interface Needs {
  readonly machine: Machine;
  readonly sync: Sync;
  readonly people: People;
  readonly onUndecryptable: (from: Address) => void;
  /** An event of this device's was opened, whatever it is worth. */
  readonly onOpened: (from: Address) => void;
  /** The engine was given an event that had been wrapped: a step of a verification. */
  readonly onUnwrapped: (from: Address) => Promise<void>;
}

/** Wrapped on the way (post.ts); the engine gets them as it expects them. */
const UNWRAPPED = /^m\.key\.verification\.[a-z]+$/;
const FROM_ONESELF = /^m\.secret\.request$/;
const OLM = 'm.olm.v1.curve25519-aes-sha2';

export function createEvents({
  machine,
  sync,
  people,
  onUndecryptable,
  onOpened,
  onUnwrapped,
}: Needs): Events {
  const { olm, library } = machine;
  const ownKey = olm.identityKeys.curve25519.toBase64();
  const ownUser = olm.userId.toString();
  const handlers = new Map<string, Handler>();

  async function judge(from: Address, event: Processed): Promise<Received> {
    if (!(event instanceof library.DecryptedToDeviceEvent)) {
      onUndecryptable(from);
      return { did: 'refuse', why: 'undecryptable' };
    }
    const { type, content } = JSON.parse(event.rawEvent) as {
      type: string;
      content: Record<string, unknown>;
    };
    const sender = event.encryptionInfo.senderDevice?.toString();
    if (sender === from.deviceId) onOpened(from);
    const isForTheEngine = type.startsWith('m.') && !UNWRAPPED.test(type) && !FROM_ONESELF.test(type);
    // A room key from a device that is not known yet is kept, and worth nothing until the device turns out to be signed.
    if (isForTheEngine && (sender ?? from.deviceId) === from.deviceId) return { did: 'take', type, content };
    if (sender !== from.deviceId) return { did: 'refuse', why: 'forged' };
    if (!(await believes(from, type))) return { did: 'refuse', why: 'untrusted-device' };
    if (type.startsWith('m.')) {
      await sync.take([{ type, sender: engineUserId(from.userId), content }]);
      await onUnwrapped(from);
    }
    await handlers.get(type)?.(from, content);
    return { did: 'take', type, content };
  }

  async function believes(from: Address, type: string): Promise<boolean> {
    const own = engineUserId(from.userId) === ownUser;
    if (FROM_ONESELF.test(type) && !own) return false;
    // One's own new device may ask to be verified before it is signed.
    const orUnsigned = own && UNWRAPPED.test(type);
    if (await isWorthy(from, orUnsigned)) return true;
    const asked = await people.recheck(from.userId);
    return asked.ok && isWorthy(from, orUnsigned);
  }

  async function isWorthy(from: Address, orUnsigned: boolean): Promise<boolean> {
    const device = await people.device(from);
    if (device === null) return false;
    const worthy = isBelieved(device) || (orUnsigned && !device.isBlacklisted());
    device.free();
    return worthy;
  }

  return {
    async receive(letters) {
      // What can be known of the senders is. If the server is out of reach, the engine manages without.
      await people.follow([...new Set(letters.map(({ from }) => from.userId))]);
      const opened = letters.map(({ bytes }) => unpackEvent(bytes));
      const events = opened.flatMap((event, index) =>
        typeof event === 'string'
          ? []
          : [
              {
                type: 'm.room.encrypted',
                sender: engineUserId(letters[index]!.from.userId),
                content: {
                  algorithm: OLM,
                  sender_key: event.senderKey,
                  ciphertext: { [ownKey]: { type: event.olmType, body: event.ciphertext } },
                },
              },
            ],
      );
      const processed = events.length === 0 ? [] : await sync.take(events);
      if (processed.length !== events.length) throw new Error('The engine lost an event.');
      const received: Received[] = [];
      let next = 0;
      for (const [index, event] of opened.entries())
        received.push(
          typeof event === 'string'
            ? { did: 'refuse', why: event }
            : await judge(letters[index]!.from, processed[next++]!),
        );
      return received;
    },
    on: (type, handler) => void handlers.set(type, handler),
  };
}
