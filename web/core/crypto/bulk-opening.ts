/**
 * Opens what comes many at a time, such as pages of mail, by a reader beside the page (reader.ts); what comes singly is the
 * engine's. The engine reads a session from the disk for each of its messages, which costs as much as the ciphers, and
 * does so on the page's own thread.
 *
 * Who said it is known all the same. A session's id is the public key that its messages are signed with, and its key is
 * bound to its room. So once the engine itself has opened one message of a session, and found the sender's device to be
 * signed by its owner, the others that open by the same session in the same room are that device's. What the reader
 * opens counts after that alone, for the sender and room that the engine found and no others, and only as long as nobody's
 * keys or identity may have changed; then the engine is asked again. Whatever the reader cannot open is the
 * engine's, too, which says why.
 */
import type * as Wasm from '@matrix-org/matrix-sdk-crypto-wasm';
import type { Report, Timers, WorkerPort } from '../platform.ts';
import type { Address } from './address.ts';
import { keyOf } from './address.ts';
import type { Machine } from './machine.ts';
import type { Reader } from './reader-port.ts';
import { createReader } from './reader-port.ts';

export interface SealedEvent {
  readonly roomId: string;
  readonly from: Address;
  readonly sessionId: string;
  /** As the library takes it. */
  readonly event: string;
}

/** `R` is what the engine says of a message. */
export interface BulkOpening<R> {
  /** What is asked for in one go is opened together. `byEngine` has the engine open it. */
  open(sealed: SealedEvent, byEngine: () => Promise<R>): Promise<R>;
  /** The engine has keys of these sessions now. */
  came(sessionIds: readonly string[]): void;
  close(): void;
}

interface Needs<R> {
  readonly machine: Machine;
  /** Null where there are no workers. */
  readonly startReader: (() => WorkerPort) | null;
  readonly timers: Timers;
  /** Another number whenever anybody's keys may be others than before. */
  readonly epoch: () => number;
  /** Whether the engine found that the message is its sender's own device's, which its owner signed. */
  readonly isProof: (decrypted: R) => boolean;
  readonly opened: (content: unknown) => R;
  readonly report: Report;
}

interface Waiting<R> {
  readonly sealed: SealedEvent;
  readonly byEngine: () => Promise<R>;
  readonly resolve: (decrypted: R | Promise<R>) => void;
}

/** All that was asked for at once of one session in one room, by one sender. */
interface Lot<R> {
  readonly of: SealedEvent;
  readonly waiting: readonly Waiting<R>[];
}

/** Fewer at once are not worth a reader. */
const MANY = 100;
/** Exporting keys looks at all that the engine has: at so many sessions for each message it is as quick itself. */
const SESSIONS_PER_MESSAGE = 5;

export function createBulkOpening<R>(needs: Needs<R>): BulkOpening<R> {
  const { machine, epoch, report } = needs;
  const { olm, call } = machine;
  let gathered: Waiting<R>[] = [];
  let reader: Reader | null = null;
  let start = needs.startReader;
  /** Sessions that the reader may have to know soon: while mail comes, its keys are ahead of its messages. */
  let coming = new Set<string>();
  /** By lot: the epoch as of which the engine knew that session, room and sender belong together. */
  const proven = new Map<string, number>();
  const isProven = (of: SealedEvent): boolean => proven.get(nameOf(of)) === epoch();

  function openGathered(): void {
    const all = gathered;
    gathered = [];
    if (reader === null && all.length >= MANY && start) reader = begin(start);
    if (reader) void openMany(reader, all);
    else leave(all);
  }

  function begin(worker: () => WorkerPort): Reader {
    return createReader(worker(), needs.timers, (error) => {
      reader = null;
      coming.clear();
      if (error === null) return;
      // The engine opens what it would have, if not as quickly.
      start = null;
      report('opening many messages', error);
    });
  }

  function leave(all: readonly Waiting<R>[]): void {
    for (const { byEngine, resolve } of all) resolve(byEngine());
  }

  async function openMany(by: Reader, all: readonly Waiting<R>[]): Promise<void> {
    const rests = await Promise.all(lotsOf(all).map(prove));
    const lots = rests.filter(({ waiting }) => waiting.length > 0);
    if (await teach(by, lots)) await Promise.all(lots.map((lot) => openLot(by, lot)));
    else for (const { waiting } of lots) leave(waiting);
  }

  /** Has the engine open one, unless it did before; returns the others. */
  async function prove({ of, waiting }: Lot<R>): Promise<Lot<R>> {
    for (const [at, { byEngine, resolve }] of waiting.entries()) {
      if (isProven(of)) return { of, waiting: waiting.slice(at) };
      const asOf = epoch();
      const opening = byEngine();
      resolve(opening);
      // Whoever waits for it is told of an error.
      const decrypted = await opening.catch(() => null);
      if (decrypted !== null && needs.isProof(decrypted)) proven.set(nameOf(of), asOf);
    }
    return { of, waiting: [] };
  }

  /** Whether the reader has the keys of all these. */
  async function teach(to: Reader, lots: readonly Lot<R>[]): Promise<boolean> {
    const lacking = lots.filter(({ of }) => !to.knows.has(of.sessionId));
    if (lacking.length === 0) return true;
    const rooms = new Map(lacking.map(({ of }) => [of.sessionId, of.roomId]));
    const messages = lacking.reduce((sum, { waiting }) => sum + waiting.length, 0);
    const soon = coming;
    coming = new Set();
    const isLacking = ({ sessionId, roomId }: Wasm.InboundGroupSession): boolean =>
      soon.has(sessionId) || rooms.get(sessionId) === roomId.toString();
    try {
      const { total } = await call(() => olm.roomKeyCounts());
      if (total > messages * SESSIONS_PER_MESSAGE) return false;
      to.learn(await call(() => olm.exportRoomKeys(isLacking)));
    } catch (error) {
      report('handing on keys to open many messages', error);
      return false;
    }
    for (const sessionId of [...rooms.keys(), ...soon]) to.knows.add(sessionId);
    return true;
  }

  async function openLot(by: Reader, { of, waiting }: Lot<R>): Promise<void> {
    const opened = await by.open(
      of.roomId,
      waiting.map(({ sealed }) => sealed.event),
    );
    for (const [at, each] of waiting.entries()) {
      const text = opened?.[at] ?? null;
      if (text === null || !isProven(of)) leave([each]);
      else each.resolve(needs.opened((JSON.parse(text) as { content: unknown }).content));
    }
  }

  return {
    open: (sealed, byEngine) =>
      new Promise((resolve) => {
        gathered.push({ sealed, byEngine, resolve });
        if (gathered.length === 1) queueMicrotask(openGathered);
      }),
    came(sessionIds) {
      if (reader) for (const sessionId of sessionIds) coming.add(sessionId);
    },
    close: () => reader?.end(),
  };
}

function lotsOf<R>(all: readonly Waiting<R>[]): readonly Lot<R>[] {
  const lots = new Map<string, { of: SealedEvent; waiting: Waiting<R>[] }>();
  for (const each of all) {
    const name = nameOf(each.sealed);
    const lot = lots.get(name) ?? { of: each.sealed, waiting: [] };
    lot.waiting.push(each);
    lots.set(name, lot);
  }
  return [...lots.values()];
}

/** None of its parts holds a space. */
const nameOf = ({ roomId, from, sessionId }: SealedEvent): string => `${roomId} ${keyOf(from)} ${sessionId}`;
