/**
 * Performs delivery in the leading tab: brings waiting letters, which are messages and changes to messages, to every
 * device that they are for, until a receipt comes from it or its mailbox has taken them.
 */
import type { Address } from '../crypto/address.ts';
import { keyOf } from '../crypto/address.ts';
import type { Failure } from '../model.ts';
import type { Clock, Report, Timers } from '../platform.ts';
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
  added(conversationId: string, letters: readonly WireLetter[]): void;
  /** A way to this friend opened, closed, or has room again. */
  wayChanged(conversationId: string): void;
  /** There may be other devices than before to seal for: of this friend, or (null) of oneself. */
  devicesChanged(conversationId: string | null): void;
  /** The friend has just come online, or one of their devices has. */
  friendCame(conversationId: string): void;
  /** This device has these; answers with those that need not go anywhere any more. They are `dropped` once that is stored. */
  received(conversationId: string, from: Address, ids: readonly string[]): readonly string[];
  /** These are out of the outbox. */
  dropped(conversationId: string, ids: readonly string[]): void;
  /** The friend is no longer one: nothing more will reach them. */
  giveUp(conversationId: string, failure: Failure): Promise<void>;
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
  readonly onSent: (
    conversationId: string,
    sent: readonly string[],
    finished: readonly string[],
  ) => Promise<void>;
  readonly onGivenUp: (conversationId: string, ids: readonly string[], failure: Failure) => Promise<void>;
  readonly report: Report;
}

export function createDelivery(needs: Needs): Delivery {
  const { clock, timers, scope, store, carrier } = needs;
  const { ownId } = carrier;
  const queues = new Map<string, Queue>();
  let started = false;
  scope.own(() => queues.forEach((queue) => queue.cancelTimer()));

  function queueOf(conversationId: string): Queue {
    let queue = queues.get(conversationId);
    if (!queue) {
      // Once all that waited before is under way, no queue means that nothing waits.
      queue = newQueue(!started);
      queues.set(conversationId, queue);
    }
    return queue;
  }

  /** One round at a time per friend; a change during a round brings another one. */
  async function pump(conversationId: string): Promise<void> {
    const queue = queueOf(conversationId);
    queue.again = true;
    if (queue.pumping) return;
    queue.pumping = true;
    try {
      while (queue.again && !scope.ended) {
        queue.again = false;
        await round(conversationId, queue);
      }
    } finally {
      queue.pumping = false;
    }
  }

  async function round(conversationId: string, queue: Queue): Promise<void> {
    if (queue.reload) await refill(conversationId, queue);
    carrier.want(conversationId, queue.waiting.size > 0);
    if (queue.waiting.size === 0) {
      queue.cancelTimer();
      // Unless something was added while the database was read.
      if (!queue.again) queues.delete(conversationId);
      return;
    }
    const post = createPost();
    const wakeAt = await sendWaiting(conversationId, queue, post.add);
    for (const letters of post.bundles()) mail(conversationId, letters, queue);
    // What only a device that is gone lacked.
    await finish(conversationId, queue, []);
    queue.cancelTimer();
    if (wakeAt < Infinity && !scope.ended) {
      queue.cancelTimer = timers.after(Math.max(1, wakeAt - clock.monotonic()), () =>
        run(pump(conversationId)),
      );
    }
  }

  async function refill(conversationId: string, queue: Queue): Promise<void> {
    queue.reload = false;
    // Whoever adds a letter begins to store it in the same moment, and the reading must come after.
    await Promise.resolve();
    queue.reading = true;
    const letters = await store
      .outbox(conversationId, WINDOW)
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
  async function sendWaiting(conversationId: string, queue: Queue, post: Posting): Promise<number> {
    let wakeAt = Infinity;
    /** Nothing more goes to these now, so that nothing overtakes what has to wait. */
    const held = new Set<string>();
    for (const waiting of queue.waiting.values()) {
      waiting.readers ??= carrier.audience(conversationId);
      const readers = waiting.readers ?? (await readersOf(conversationId, waiting));
      if (!readers) return wakeAt;
      /** Links first: they need no sealing. */
      const byServer: Address[] = [];
      for (const to of readers) {
        const key = keyOf(to);
        if (held.has(key) || waiting.done.has(key)) continue;
        const next = sendTo(conversationId, to, waiting, queue);
        wakeAt = Math.min(wakeAt, next.wakeAt);
        if (next.hold) held.add(key);
        if (next.byServer) byServer.push(to);
      }
      if (byServer.length > 0 && !(await sendByServer(conversationId, byServer, waiting, queue, post)))
        return wakeAt;
    }
    return wakeAt;
  }

  /** Null when they cannot be had now. */
  async function readersOf(conversationId: string, waiting: Waiting): Promise<readonly Address[] | null> {
    const asked = waiting.devices;
    const readers = await carrier.prepare(conversationId);
    // Other devices by now: another round is on its way.
    if (waiting.devices !== asked) return null;
    return (waiting.readers = readers);
  }

  /** By link at once; what has to go through the server is for the caller to seal. */
  function sendTo(conversationId: string, to: Address, waiting: Waiting, queue: Queue): Step {
    const now = clock.monotonic();
    const last = waiting.attempts.get(keyOf(to)) ?? null;
    const decision = decide(now, carrier.reach(conversationId, to), last);
    if (decision.do === 'wait') return { ...NOTHING, wakeAt: decision.until ?? Infinity };
    if (decision.via === RELAY || decision.via === MAILBOX)
      return now < queue.serverAfter
        ? { ...NOTHING, wakeAt: queue.serverAfter, hold: true }
        : { ...NOTHING, byServer: true };
    if (carrier.sendLink(conversationId, to, waiting.letter) !== 'sent') return { ...NOTHING, hold: true };
    waiting.attempts.set(keyOf(to), nextAttempt(now, decision.via, last));
    queue.again = true;
    return NOTHING;
  }

  /** Resolves to false when it cannot be sealed now. */
  async function sendByServer(
    conversationId: string,
    devices: readonly Address[],
    waiting: Waiting,
    queue: Queue,
    post: Posting,
  ): Promise<boolean> {
    const asked = waiting.devices;
    const sealed = waiting.sealed ?? (await carrier.seal(conversationId, waiting.letter));
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
        able.has(key) && !waiting.done.has(key) ? decide(now, carrier.reach(conversationId, to), last) : null;
      if (decision?.do !== 'send') continue;
      if (decision.via !== MAILBOX) queue.again = true;
      if (decision.via !== RELAY && decision.via !== MAILBOX) continue;
      waiting.attempts.set(key, nextAttempt(now, decision.via, last));
      if (decision.via === MAILBOX) post(to, waiting.letter, sealed.bytes);
      else relay(conversationId, to, sealed.bytes, queue, () => waiting.attempts.delete(key));
    }
    return true;
  }

  function relay(
    conversationId: string,
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
        return pump(conversationId);
      }),
    );
  }

  function mail(conversationId: string, letters: readonly Letter[], queue: Queue): void {
    run(
      carrier.sendMail(conversationId, letters).then(async (result) => {
        if (result.ok) await posted(conversationId, queue, result.value);
        else {
          for (const { id, to } of letters) {
            for (const each of to) queue.waiting.get(id ?? '')?.attempts.delete(keyOf(each));
          }
          pause(queue, result.failure);
        }
        return pump(conversationId);
      }),
    );
  }

  function pause(queue: Queue, { retryAfter = 0 }: Failure): void {
    queue.serverAfter = clock.monotonic() + Math.max(SERVER_PAUSE, retryAfter * 1_000);
  }

  async function posted(conversationId: string, queue: Queue, outcome: readonly Posted[]): Promise<void> {
    const sent: string[] = [];
    for (const { id, taken, full } of outcome) {
      const waiting = queue.waiting.get(id);
      if (!waiting) continue;
      // A full mailbox of one device does not hold up the others; all full is for the person to know.
      for (const to of [...taken, ...full]) waiting.done.add(keyOf(to));
      if (taken.some(({ userId }) => userId !== ownId)) sent.push(id);
      else if (full.length > 0 && isFinished(ownId, waiting) && !hasArrived(ownId, waiting, full)) {
        await needs.onGivenUp(conversationId, [id], { code: 'mailbox-full' });
        drop(queue, [id]);
      }
    }
    await finish(conversationId, queue, sent);
  }

  /** Lets go of what all devices have; some of them may have been the last ones to wait for, and are gone. */
  async function finish(conversationId: string, queue: Queue, sent: readonly string[]): Promise<void> {
    const finished = [...queue.waiting.values()]
      .filter((waiting) => isFinished(ownId, waiting))
      .map(({ letter }) => letter.id);
    if (sent.length + finished.length === 0) return;
    await needs.onSent(conversationId, sent, finished);
    drop(queue, finished);
    queue.again = true;
  }

  function drop(queue: Queue, ids: readonly string[]): void {
    const full = queue.waiting.size >= WINDOW;
    for (const id of ids) queue.waiting.delete(id);
    if (full && ids.length > 0) queue.reload = true;
  }

  /** Should the database fail, what waits there stays, and the next change or start tries again. */
  function run(work: Promise<unknown>): void {
    work.catch((error: unknown) => needs.report('delivering', error));
  }

  return {
    added(conversationId, letters) {
      const queue = queueOf(conversationId);
      if (queue.reading || queue.waiting.size + letters.length > WINDOW) queue.reload = true;
      else for (const letter of letters) queue.waiting.set(letter.id, newWaiting(letter));
      for (const letter of letters) if (letter.type === 'edit') rewrite(queue, letter);
      run(pump(conversationId));
    },
    wayChanged(conversationId) {
      if (queues.has(conversationId)) run(pump(conversationId));
    },
    devicesChanged(conversationId) {
      for (const [id, queue] of queues) {
        if (conversationId !== null && id !== conversationId) continue;
        for (const waiting of queue.waiting.values()) anew(waiting);
        run(pump(id));
      }
    },
    friendCame(conversationId) {
      const queue = queues.get(conversationId);
      if (!queue) return;
      queue.serverAfter = 0;
      run(pump(conversationId));
    },
    received(conversationId, from, ids) {
      const queue = queues.get(conversationId);
      return ids.filter((id) => {
        const waiting = queue?.waiting.get(id);
        waiting?.done.add(keyOf(from));
        return waiting !== undefined && isFinished(ownId, waiting);
      });
    },
    dropped(conversationId, ids) {
      const queue = queues.get(conversationId);
      if (!queue) return;
      drop(queue, ids);
      run(pump(conversationId));
    },
    async giveUp(conversationId, failure) {
      const waiting = await store.outbox(conversationId, Infinity);
      queues.get(conversationId)?.waiting.clear();
      if (waiting.length === 0) return;
      await needs.onGivenUp(
        conversationId,
        waiting.map(({ id }) => id),
        failure,
      );
    },
    async start() {
      const conversations = await store.outboxConversations();
      started = true;
      for (const conversationId of conversations) {
        queueOf(conversationId).reload = true;
        run(pump(conversationId));
      }
    },
  };
}
