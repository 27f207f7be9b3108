/** What the rest of core sees of the encryption engine (engine.ts), and what it asks of them. No implementation here. */
import type { Clock, Platform, Random, Report, WorkerPort } from '../platform.ts';
import type { Value } from '../value.ts';
import type { Address } from './address.ts';
import type { Letter, Received } from './events.ts';
import type { Identity } from './identity.ts';
import type { Invites } from './invites.ts';
import type { KeyServer } from './key-server.ts';
import type { MachineNeeds } from './machine.ts';
import type { Open } from './opening.ts';
import type { Outcome } from './outcome.ts';
import type { Mail } from './post.ts';
import type { Place } from './repeats.ts';
import type { Room, Sealed } from './rooms.ts';
import type { Signing } from './signing.ts';
import type { SignalFailure } from './signals.ts';
import type { KeyCounts } from './sync.ts';
import type { Telling } from './telling.ts';
import type { TrustLevel } from './trust.ts';
import type { Verifying } from './verifying.ts';

export interface EngineNeeds extends MachineNeeds {
  readonly keys: KeyServer;
  readonly fetch: Platform['fetch'];
  /** Durable in the devices' mailboxes once it resolves ok, but for those refused; `id` tells a repetition. */
  readonly mail: Mail;
  readonly clock: Clock;
  readonly random: Random;
  /** The browser's ciphers; null without HTTPS, where signals take the engine's slower way. */
  readonly subtle: SubtleCrypto | null;
  /** The worker that opens what came many at once (reader.ts); null: there are none. */
  readonly startReader: (() => WorkerPort) | null;
  readonly report: Report;
  /** Whether the server can be reached, as far as is known: keys are changed then, not while it is away. */
  readonly isOnline: () => boolean;
  /** Whether this person is (or was, when it was sealed) a member of the room, and may be given a lost key again. */
  readonly mayRead: (roomId: string, userId: string) => boolean;
  /** Another device told this: see `tell`. Stored when it resolves. */
  readonly onTold: (from: Address, content: unknown) => Promise<void>;
  /**
   * Other devices of this person than before may be sealed for: one was removed by its owner's own word, all of theirs are
   * not to be believed, or a session with one may be begun at last.
   */
  readonly onDevices: (userId: string) => void;
  /** Keys of these sessions came: messages that were kept for want of one (`no-key`) open now. */
  readonly onKeys: (sessionIds: readonly string[]) => void;
}

export interface News {
  readonly counts?: KeyCounts | undefined;
  /** Versions of people's keys, by person id. */
  readonly versions?: Readonly<Record<string, number>> | undefined;
}

export interface Engine {
  /** On every welcome, keys-changed and key-counts. People are asked about when they are needed next. */
  announce(news: News): Promise<Outcome>;
  /** Devices of this person that may be sent to: signed by an identity that nothing speaks against. */
  devicesOf(userId: string): Promise<Outcome<readonly string[]>>;
  /**
   * The devices that `seal` would seal for now, this one not counted; null when that must be looked up first
   * (`prepare`), or when nothing may be sealed for the room.
   */
  audience(room: Room): readonly Address[] | null;
  /** Brings the room's key to whoever lacks it; answers as `audience` does from then on. */
  prepare(room: Room): Promise<Outcome<readonly Address[]>>;
  /**
   * Seals once for all devices of all members, after their mailboxes took the room's key where they lacked it.
   * `content` is anything that JSON holds. In order of the calls for each room.
   */
  seal(room: Room, content: object): Promise<Outcome<Sealed>>;
  /** Opens what came by link, relay or mailbox, `from` as the path claims it. */
  open: Open;
  /** These were opened and are stored: from now on they are repeats. Before that they may come and be opened again. */
  settle(places: readonly Place[]): Promise<Outcome>;
  /** Mail that `kindOf` calls an event, in order. When it resolves ok, all of it may be acknowledged. */
  takeEvents(letters: readonly Letter[]): Promise<Outcome<readonly Received[]>>;
  /** For one device, which alone can open it, once. */
  sealSignal(to: Address, text: string): Promise<Outcome<Uint8Array<ArrayBuffer>>>;
  openSignal(from: Address, bytes: Uint8Array): Promise<Outcome<string, SignalFailure>>;
  trust(userId: string): Value<TrustLevel>;
  /** Takes a changed identity as it now is. */
  accept(userId: string): Promise<Outcome>;
  readonly identity: Pick<Identity, 'state' | 'check' | 'create' | 'restore' | 'reset' | 'secrets'>;
  /**
   * After a device of one's own was removed: tells these people's devices, and one's own, so that a server which goes on
   * listing it is not believed. `people` are those who are written to. What cannot be told now is kept.
   */
  tellRemoved(deviceId: string, people: readonly string[]): Promise<Outcome>;
  /** Tells these people what could not be told before. */
  settleRemovals(people: readonly string[]): Promise<Outcome>;
  /** Devices of one's own that were removed, to be named in all that is said (`Spoken.removed`). */
  removed(): readonly string[];
  /** This device named those with what it said: when it resolves, nothing is sealed for them any more. */
  heardRemoved(from: Address, deviceIds: readonly string[]): Promise<Outcome>;
  readonly tell: Telling['tell'];
  /** Secrets of invite links. */
  readonly invites: Invites;
  readonly sign: Signing['sign'];
  /** See `Signing`. */
  readonly keysOf: Signing['keysOf'];
  /** Comparing emoji or scanning a code. */
  readonly verifying: Verifying;
  /** False: the browser refused storage, and the device is forgotten with the tab. */
  readonly durable: boolean;
  /** True: it died, and only loading the page again helps. */
  readonly broken: Value<boolean>;
  /** Lets go of the store, so that the next leader can open it. */
  close(): void;
}
