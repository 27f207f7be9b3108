/**
 * Performs delivery in the leading tab: brings waiting letters, which are messages and changes to messages, to every
 * device that they are for, until a receipt comes from it or its mailbox has taken them.
 */
import type { Address } from '../crypto/address.ts';
import { keyOf } from '../crypto/address.ts';
import type { Failure } from '../model.ts';
import type { Clock, Timers } from '../platform.ts';
import type { Scope } from '../scope.ts';
import type { WireLetter } from '../wire/message.ts';
import type { Carrier } from './carrier.ts';
import { decide, MAILBOX, nextAttempt, RELAY } from './outbox.ts';
import { createPost } from './post.ts';
import type { Letter, Posted } from './post.ts';
import { anew, hasArrived, isFinished, newQueue, newWaiting, rewrite } from './queue.ts';
import type { Queue, Waiting } from './queue.ts';
import type { Store } from './store.ts';

/** Letters under way to one friend at a time; the rest waits in the database. */
const WINDOW = 64;
/** After the server refused to relay or to keep. */
const SERVER_PAUSE = 3_000;

export interface Delivery {
  /** These are being put into the outbox: the caller begins to store them before any microtask runs. */
  added(friendId: string, letters: readonly WireLetter[]): void;
  /** A way to this friend opened, closed, or has room again. */
  wayChanged(friendId: string): void;
  /** There may be other devices than before to seal for: of this friend, or (null) of oneself. */
  devicesChanged(friendId: string | null): void;
  /** The friend has just come online, or one of their devices has. */
  friendCame(friendId: string): void;
  /** This device has these; answers with those that need not go anywhere any more. They are `dropped` once that is stored. */
  received(friendId: string, from: Address, ids: readonly string[]): readonly string[];
  /** These are out of the outbox. */
  dropped(friendId: string, ids: readonly string[]): void;
  /** The friend is no longer one: nothing more will reach them. */
  giveUp(friendId: string, failure: Failure): Promise<void>;
  start(): Promise<void>;
}

/** What became of a letter and one device. */
interface Step {
  readonly wakeAt: number;
  readonly hold: boolean;
  readonly byServer: boolean;
}

const NOTHING: Step = { wakeAt: Infinity, hold: false, byServer: false };

type Posting = (to: Address, letter: WireLetter, bytes: Uint8Array<ArrayBuffer>) => void;

interface Needs {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly scope: Scope;
  readonly store: Store;
  readonly carrier: Carrier;
  /** The mailboxes of all that were left have `sent`; of these, `finished` need not go anywhere any more. */
  readonly onSent: (friendId: string, sent: readonly string[], finished: readonly string[]) => Promise<void>;
  readonly onGivenUp: (friendId: string, ids: readonly string[], failure: Failure) => Promise<void>;
}

export function createDelivery(needs: Needs): Delivery {
  const { clock, timers, scope, store, carrier } = needs;
  const { ownId } = carrier;
  const queues = new Map<string, Queue>();
  let started = false;
  scope.own(() => queues.forEach((queue) => queue.cancelTimer()));

  function queueOf(friendId: string): Queue {
    let queue = queues.get(friendId);
    if (!queue) {
      // Once all that waited before is under way, no queue means that nothing waits.
      queue = newQueue(!started);
      queues.set(friendId, queue);
    }
    return queue;
  }

  /** One round at a time per friend; a change during a round brings another one. */
  async function pump(friendId: string): Promise<void> {
    const queue = queueOf(friendId);
    queue.again = true;
    if (queue.pumping) return;
    queue.pumping = true;
    try {
      while (queue.again && !scope.ended) {
        queue.again = false;
        await round(friendId, queue);
      }
    } finally {
      queue.pumping = false;
    }
  }

  async function round(friendId: string, queue: Queue): Promise<void> {
    if (queue.reload) await refill(friendId, queue);
    carrier.want(friendId, queue.waiting.size > 0);
    if (queue.waiting.size === 0) {
      queue.cancelTimer();
      // Unless something was added while the database was read.
      if (!queue.again) queues.delete(friendId);
      return;
    }
    const post = createPost();
    const wakeAt = await sendWaiting(friendId, queue, post.add);
    for (const letters of post.bundles()) mail(friendId, letters, queue);
    // What only a device that is gone lacked.
    await finish(friendId, queue, []);
    queue.cancelTimer();
    if (wakeAt < Infinity && !scope.ended) {
      queue.cancelTimer = timers.after(Math.max(1, wakeAt - clock.monotonic()), () => run(pump(friendId)));
    }
  }

  async function refill(friendId: string, queue: Queue): Promise<void> {
    queue.reload = false;
    // Whoever adds a letter begins to store it in the same moment, and the reading must come after.
    await Promise.resolve();
    queue.reading = true;
    const letters = await store
      .outbox(friendId, WINDOW)
      .catch((error: unknown) => {
        queue.reload = true;
        throw error;
      })
      .finally(() => (queue.reading = false));
    const kept = new Map(queue.waiting);
    queue.waiting.clear();
    for (const letter of letters) queue.waiting.set(letter.id, kept.get(letter.id) ?? newWaiting(letter));
  }

  /** Sends to every device what is due, in order; tells when to look again. */
  async function sendWaiting(friendId: string, queue: Queue, post: Posting): Promise<number> {
    let wakeAt = Infinity;
    /** Nothing more goes to these now, so that nothing overtakes what has to wait. */
    const held = new Set<string>();
    for (const waiting of queue.waiting.values()) {
      waiting.readers ??= carrier.audience(friendId);
      const readers = waiting.readers ?? (await readersOf(friendId, waiting));
      if (!readers) return wakeAt;
      /** Links first: they need no sealing. */
      const byServer: Address[] = [];
      for (const to of readers) {
        const key = keyOf(to);
        if (held.has(key) || waiting.done.has(key)) continue;
        const next = sendTo(friendId, to, waiting, queue);
        wakeAt = Math.min(wakeAt, next.wakeAt);
        if (next.hold) held.add(key);
        if (next.byServer) byServer.push(to);
      }
      if (byServer.length > 0 && !(await sendByServer(friendId, byServer, waiting, queue, post)))
        return wakeAt;
    }
    return wakeAt;
  }

  /** Null when they cannot be had now. */
  async function readersOf(friendId: string, waiting: Waiting): Promise<readonly Address[] | null> {
    const asked = waiting.devices;
    const readers = await carrier.prepare(friendId);
    // Other devices by now: another round is on its way.
    if (waiting.devices !== asked) return null;
    return (waiting.readers = readers);
  }

  /** By link at once; what has to go through the server is for the caller to seal. */
  function sendTo(friendId: string, to: Address, waiting: Waiting, queue: Queue): Step {
    const now = clock.monotonic();
    const last = waiting.attempts.get(keyOf(to)) ?? null;
    const decision = decide(now, carrier.reach(friendId, to), last);
    if (decision.do === 'wait') return { ...NOTHING, wakeAt: decision.until ?? Infinity };
    if (decision.via === RELAY || decision.via === MAILBOX)
      return now < queue.serverAfter
        ? { ...NOTHING, wakeAt: queue.serverAfter, hold: true }
        : { ...NOTHING, byServer: true };
    if (carrier.sendLink(friendId, to, waiting.letter) !== 'sent') return { ...NOTHING, hold: true };
    waiting.attempts.set(keyOf(to), nextAttempt(now, decision.via, last));
    queue.again = true;
    return NOTHING;
  }

  /** Resolves to false when it cannot be sealed now. */
  async function sendByServer(
    friendId: string,
    devices: readonly Address[],
    waiting: Waiting,
    queue: Queue,
    post: Posting,
  ): Promise<boolean> {
    const asked = waiting.devices;
    const sealed = waiting.sealed ?? (await carrier.seal(friendId, waiting.letter));
    // Other devices by now: another round is on its way.
    if (!sealed || waiting.devices !== asked) return false;
    waiting.sealed = sealed;
    waiting.readers = sealed.readers;
    const able = new Set(sealed.readers.map(keyOf));
    for (const to of devices) {
      const key = keyOf(to);
      const now = clock.monotonic();
      const last = waiting.attempts.get(key) ?? null;
      // A link may have opened while it was sealed, or the device may be gone.
      const decision =
        able.has(key) && !waiting.done.has(key) ? decide(now, carrier.reach(friendId, to), last) : null;
      if (decision?.do !== 'send') continue;
      if (decision.via !== MAILBOX) queue.again = true;
      if (decision.via !== RELAY && decision.via !== MAILBOX) continue;
      waiting.attempts.set(key, nextAttempt(now, decision.via, last));
      if (decision.via === MAILBOX) post(to, waiting.letter, sealed.bytes);
      else relay(friendId, to, sealed.bytes, queue, () => waiting.attempts.delete(key));
    }
    return true;
  }

  function relay(
    friendId: string,
    to: Address,
    bytes: Uint8Array<ArrayBuffer>,
    queue: Queue,
    notSent: () => void,
  ): void {
    run(
      carrier.sendRelay(to, bytes).then((result) => {
        if (result.ok) return;
        notSent();
        pause(queue, result.failure);
        return pump(friendId);
      }),
    );
  }

  function mail(friendId: string, letters: readonly Letter[], queue: Queue): void {
    run(
      carrier.sendMail(friendId, letters).then(async (result) => {
        if (result.ok) await posted(friendId, queue, result.value);
        else {
          for (const { id, to } of letters) {
            for (const each of to) queue.waiting.get(id ?? '')?.attempts.delete(keyOf(each));
          }
          pause(queue, result.failure);
        }
        return pump(friendId);
      }),
    );
  }

  function pause(queue: Queue, { retryAfter = 0 }: Failure): void {
    queue.serverAfter = clock.monotonic() + Math.max(SERVER_PAUSE, retryAfter * 1_000);
  }

  async function posted(friendId: string, queue: Queue, outcome: readonly Posted[]): Promise<void> {
    const sent: string[] = [];
    for (const { id, taken, full } of outcome) {
      const waiting = queue.waiting.get(id);
      if (!waiting) continue;
      // A full mailbox of one device does not hold up the others; all full is for the person to know.
      for (const to of [...taken, ...full]) waiting.done.add(keyOf(to));
      if (taken.some(({ userId }) => userId !== ownId)) sent.push(id);
      else if (full.length > 0 && isFinished(ownId, waiting) && !hasArrived(ownId, waiting, full)) {
        await needs.onGivenUp(friendId, [id], { code: 'mailbox-full' });
        drop(queue, [id]);
      }
    }
    await finish(friendId, queue, sent);
  }

  /** Lets go of what all devices have; some of them may have been the last ones to wait for, and are gone. */
  async function finish(friendId: string, queue: Queue, sent: readonly string[]): Promise<void> {
    const finished = [...queue.waiting.values()]
      .filter((waiting) => isFinished(ownId, waiting))
      .map(({ letter }) => letter.id);
    if (sent.length + finished.length === 0) return;
    await needs.onSent(friendId, sent, finished);
    drop(queue, finished);
    queue.again = true;
  }

  function drop(queue: Queue, ids: readonly string[]): void {
    const full = queue.waiting.size >= WINDOW;
    for (const id of ids) queue.waiting.delete(id);
    if (full && ids.length > 0) queue.reload = true;
  }

  function run(work: Promise<unknown>): void {
    work.catch(() => {
      // The database failed: what waits there stays, and the next change or start tries again.
    });
  }

  return {
    added(friendId, letters) {
      const queue = queueOf(friendId);
      if (queue.reading || queue.waiting.size + letters.length > WINDOW) queue.reload = true;
      else for (const letter of letters) queue.waiting.set(letter.id, newWaiting(letter));
      for (const letter of letters) if (letter.type === 'edit') rewrite(queue, letter);
      run(pump(friendId));
    },
    wayChanged(friendId) {
      if (queues.has(friendId)) run(pump(friendId));
    },
    devicesChanged(friendId) {
      for (const [id, queue] of queues) {
        if (friendId !== null && id !== friendId) continue;
        for (const waiting of queue.waiting.values()) anew(waiting);
        run(pump(id));
      }
    },
    friendCame(friendId) {
      const queue = queues.get(friendId);
      if (!queue) return;
      queue.serverAfter = 0;
      run(pump(friendId));
    },
    received(friendId, from, ids) {
      const queue = queues.get(friendId);
      return ids.filter((id) => {
        const waiting = queue?.waiting.get(id);
        waiting?.done.add(keyOf(from));
        return waiting !== undefined && isFinished(ownId, waiting);
      });
    },
    dropped(friendId, ids) {
      const queue = queues.get(friendId);
      if (!queue) return;
      drop(queue, ids);
      run(pump(friendId));
    },
    async giveUp(friendId, failure) {
      const waiting = await store.outbox(friendId, Infinity);
      queues.get(friendId)?.waiting.clear();
      if (waiting.length === 0) return;
      await needs.onGivenUp(
        friendId,
        waiting.map(({ id }) => id),
        failure,
      );
    },
    async start() {
      const friends = await store.outboxFriends();
      started = true;
      for (const friendId of friends) {
        queueOf(friendId).reload = true;
        run(pump(friendId));
      }
    },
  };
}
