/** Opens messages: only from the person and device that the path named, and only from devices that their owner signed. */
import type * as Wasm from '@matrix-org/matrix-sdk-crypto-wasm';
import { engineUserId } from '../../../signaling/protocol/keys.ts';
import type { Report, Timers, WorkerPort } from '../platform.ts';
import type { Address } from './address.ts';
import { createBulkOpening } from './bulk-opening.ts';
import type { SealedEvent } from './bulk-opening.ts';
import type { Machine } from './machine.ts';
import { EngineBroken } from './machine.ts';
import type { People } from './people.ts';
import type { Place, Repeats } from './repeats.ts';
import { unpackMessage } from './sealed.ts';
import type { SealedProblem } from './sealed.ts';
import type { Trust } from './trust.ts';
import { isStopped } from './trust.ts';

type Opened =
  | {
      readonly ok: true;
      readonly content: unknown;
      readonly place: Place;
      /** It was opened before, and settled. */
      readonly repeat: boolean;
    }
  | {
      readonly ok: false;
      readonly why: OpenProblem;
      /** The session that it belongs to, as far as one could be read. */
      readonly sessionId: string | null;
    };

type OpenProblem =
  | SealedProblem
  /** Its key is not here (yet): keep the message; `onKeys` tells when to try again. The sender is asked for it. */
  | 'no-key'
  /** Damaged, or sealed by another person or device than the path claims. */
  | 'forged'
  /** Sealed by a device that its owner did not sign. */
  | 'untrusted-device'
  /** The sender's identity is another one than before: keep the message until the person decided (`accept`). */
  | 'identity-changed'
  /** The sender's keys must be asked for first, and the server cannot be reached: keep the message. */
  | 'unreachable'
  | 'storage'
  | 'broken';

interface Needs {
  readonly machine: Machine;
  readonly people: People;
  readonly trust: Trust;
  readonly repeats: Repeats;
  /** Whose session it is, if its key came by our own way (missing-keys.ts). */
  readonly voucherOf: (sessionId: string) => Promise<Address | null>;
  readonly onMissing: (roomId: string, from: Address, sessionId: string) => void;
  /** The worker that opens what came many at once (reader.ts); null: there are none. */
  readonly startReader: (() => WorkerPort) | null;
  readonly timers: Timers;
  readonly report: Report;
}

export type Open = (roomId: string, from: Address, bytes: Uint8Array) => Promise<Opened>;

interface Opening {
  readonly open: Open;
  /** There are keys of these sessions now. */
  came(sessionIds: readonly string[]): void;
  close(): void;
}

type Decrypted =
  | {
      readonly content: unknown;
      /** The engine knows by itself that it is by the sender's device, and that its owner signed that. */
      readonly proof: boolean;
    }
  | OpenProblem;

export function createOpening(needs: Needs): Opening {
  const { machine, people, trust, repeats, voucherOf, onMissing } = needs;
  const { olm, library, call } = machine;
  const bulk = createBulkOpening<Decrypted>({
    ...needs,
    epoch: () => people.epoch(),
    isProof: (decrypted) => typeof decrypted !== 'string' && decrypted.proof,
    opened: (content) => ({ content, proof: false }),
  });
  const signed = new library.DecryptionSettings(library.TrustRequirement.CrossSigned);
  const vouched = new library.DecryptionSettings(library.TrustRequirement.Untrusted);

  async function decrypt(
    roomId: string,
    from: Address,
    event: string,
    settings: Wasm.DecryptionSettings,
  ): Promise<Decrypted | Wasm.MegolmDecryptionError> {
    const room = new library.RoomId(roomId);
    try {
      const opened = await call(() => olm.decryptRoomEvent(event, room, settings));
      const deviceId = opened.senderDevice?.toString();
      const { content } = JSON.parse(opened.event) as { content: unknown };
      opened.free();
      if (settings === vouched) return { content, proof: false };
      return deviceId === from.deviceId ? { content, proof: true } : 'forged';
    } catch (error) {
      if (error instanceof library.MegolmDecryptionError) return error;
      throw error;
    } finally {
      room.free();
    }
  }

  async function decryptAny(sealed: SealedEvent): Promise<Decrypted> {
    if (isStopped(await trust.level(sealed.from.userId))) return 'identity-changed';
    const decrypted = await bulk.open(sealed, () => decryptOne(sealed));
    // It may have changed while it was opened.
    return isStopped(await trust.level(sealed.from.userId)) ? 'identity-changed' : decrypted;
  }

  async function decryptOne({ roomId, from, sessionId, event }: SealedEvent): Promise<Decrypted> {
    const { DecryptionErrorCode: Code } = library;
    const first = await decrypt(roomId, from, event, signed);
    if (!(first instanceof library.MegolmDecryptionError)) return first;
    const { code } = first;
    if (code === Code.MissingRoomKey || code === Code.UnknownMessageIndex) return 'no-key';
    if (code === Code.SenderIdentityVerificationViolation) return 'identity-changed';
    if (code !== Code.UnknownSenderDevice && code !== Code.UnsignedSenderDevice) return 'forged';
    return openUnsigned(roomId, from, sessionId, event);
  }

  /** Its sender was not signed when the key came, for all that is known here: perhaps that is not the newest. */
  async function openUnsigned(
    roomId: string,
    from: Address,
    sessionId: string,
    event: string,
  ): Promise<Decrypted> {
    const voucher = await voucherOf(sessionId);
    if (voucher !== null && !sameAddress(voucher, from)) return 'forged';
    const asked = await people.recheck(from.userId);
    if (!asked.ok) return 'unreachable';
    const believed = (await people.devicesOf(from.userId)).includes(from.deviceId);
    if (!believed) return 'untrusted-device';
    const again = await decrypt(roomId, from, event, voucher === null ? signed : vouched);
    return again instanceof library.MegolmDecryptionError ? 'untrusted-device' : again;
  }

  async function open(roomId: string, from: Address, bytes: Uint8Array): Promise<Opened> {
    const sealed = unpackMessage(bytes);
    if (typeof sealed === 'string') return { ok: false, why: sealed, sessionId: null };
    const { sessionId, index, ciphertext } = sealed;
    const event = JSON.stringify({
      type: 'm.room.encrypted',
      event_id: '$',
      origin_server_ts: 0,
      sender: engineUserId(from.userId),
      content: { algorithm: 'm.megolm.v1.aes-sha2', session_id: sessionId, ciphertext },
    });
    try {
      const opened = await decryptAny({ roomId, from, sessionId, event });
      if (typeof opened === 'string') {
        if (opened === 'no-key') onMissing(roomId, from, sessionId);
        return { ok: false, why: opened, sessionId };
      }
      const place = { sessionId, index };
      return { ok: true, content: opened.content, place, repeat: await repeats.had(place) };
    } catch (error) {
      return { ok: false, why: error instanceof EngineBroken ? 'broken' : 'storage', sessionId };
    }
  }

  return { open, came: (sessionIds) => bulk.came(sessionIds), close: () => bulk.close() };
}

const sameAddress = (a: Address, b: Address) => a.userId === b.userId && a.deviceId === b.deviceId;
