/** Performs delivery in the leading tab: brings waiting letters, which are messages and changes to messages, to the friends' devices until their receipts come. */
import type { Address, Envelope } from '../crypto/envelope.ts';
import type { Failure, Result } from '../model.ts';
import type { Clock, Timers } from '../platform.ts';
import type { Scope } from '../scope.ts';
import type { WireLetter, WireMessage } from '../wire/message.ts';
import { decide, nextAttempt, RELAY } from './outbox.ts';
import type { Attempt, DeviceReach } from './outbox.ts';
import type { Store } from './store.ts';

/** Letters under way to one friend at a time; the rest waits in the database. */
const WINDOW = 64;
/** After the relay refused. */
const RELAY_PAUSE = 3_000;

/** The ways out of this browser. */
interface Carrier {
  /** Every device that a message could go to now. */
  reach(friendId: string): readonly DeviceReach[];
  /** Asks for links to this friend while messages wait. */
  want(friendId: string, on: boolean): void;
  sendLink(to: Address, bytes: Uint8Array<ArrayBuffer>): 'sent' | 'full' | 'closed';
  sendRelay(to: Address, bytes: Uint8Array<ArrayBuffer>): Promise<Result>;
}

export interface Delivery {
  /** These are being put into the outbox: the caller begins to store them before any microtask runs. */
  added(friendId: string, letters: readonly WireLetter[]): void;
  /** A way to this friend opened, closed, or has room again. */
  wayChanged(friendId: string): void;
  /** The friend has just come online, or one of their devices has. */
  friendCame(friendId: string): void;
  /** These were received by a device of the friend. */
  arrived(friendId: string, ids: readonly string[]): void;
  /** The friend is no longer one: nothing more will reach them. */
  giveUp(friendId: string, failure: Failure): Promise<void>;
  /** Sends once by the best way there is now; false if there is none. */
  sendNow(to: Address, message: WireMessage): Promise<boolean>;
  /** To all devices that can be reached; true if at least one could. */
  sendToAll(friendId: string, message: WireMessage): Promise<boolean>;
  start(): Promise<void>;
}

interface Needs {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly scope: Scope;
  readonly store: Store;
  readonly envelope: Envelope;
  readonly carrier: Carrier;
  readonly onGivenUp: (friendId: string, ids: readonly string[], failure: Failure) => Promise<void>;
}

interface Waiting {
  readonly letter: WireLetter;
  readonly attempts: Map<string, Attempt>;
}

interface Queue {
  /** In order of ids; at most WINDOW. */
  readonly waiting: Map<string, Waiting>;
  pumping: boolean;
  again: boolean;
  reload: boolean;
  cancelTimer: () => void;
  /** No relaying before this time: the server asked for patience, or the device was not there. */
  relayAfter: number;
}

export function createDelivery(needs: Needs): Delivery {
  const { clock, timers, scope, store, envelope, carrier } = needs;
  const queues = new Map<string, Queue>();
  let started = false;
  scope.own(() => queues.forEach((queue) => queue.cancelTimer()));

  function queueOf(friendId: string): Queue {
    let queue = queues.get(friendId);
    if (!queue) {
      queue = {
        waiting: new Map(),
        pumping: false,
        again: false,
        // Once all that waited before is under way, no queue means that nothing waits.
        reload: !started,
        cancelTimer: () => undefined,
        relayAfter: 0,
      };
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
    let wakeAt = Infinity;
    for (const device of carrier.reach(friendId)) {
      wakeAt = Math.min(wakeAt, await sendWaiting({ userId: friendId, deviceId: device.deviceId }, queue));
    }
    queue.cancelTimer();
    if (wakeAt < Infinity && !scope.ended) {
      queue.cancelTimer = timers.after(Math.max(1, wakeAt - clock.now()), () => run(pump(friendId)));
    }
  }

  async function refill(friendId: string, queue: Queue): Promise<void> {
    queue.reload = false;
    // Whoever adds a message begins to store it in the same moment, and the reading must come after.
    await Promise.resolve();
    const letters = await store.outbox(friendId, WINDOW);
    const kept = new Map(queue.waiting);
    queue.waiting.clear();
    for (const letter of letters) {
      queue.waiting.set(letter.id, kept.get(letter.id) ?? { letter, attempts: new Map() });
    }
  }

  /** A text that still waits goes out as it was edited; should it be there already, the edit follows. */
  function rewrite(queue: Queue, { target, text }: Extract<WireLetter, { type: 'edit' }>): void {
    const waiting = queue.waiting.get(target);
    if (waiting?.letter.type === 'text') {
      queue.waiting.set(target, { ...waiting, letter: { ...waiting.letter, text } });
    }
  }

  /** Sends to one device what is due, in order; tells when to look again. */
  async function sendWaiting(to: Address, queue: Queue): Promise<number> {
    let wakeAt = Infinity;
    for (const { letter, attempts } of queue.waiting.values()) {
      // Looked up again for each one: sealing takes time, in which a link may open or close.
      const device = carrier.reach(to.userId).find(({ deviceId }) => deviceId === to.deviceId);
      if (!device) return wakeAt;
      const now = clock.now();
      const last = attempts.get(to.deviceId) ?? null;
      const decision = decide(now, device, last);
      if (decision.do === 'wait') {
        wakeAt = Math.min(wakeAt, decision.until ?? Infinity);
        continue;
      }
      if (decision.via === RELAY && now < queue.relayAfter) return Math.min(wakeAt, queue.relayAfter);
      const bytes = await envelope.seal(letter, to);
      if (decision.via !== RELAY && carrier.sendLink(to, bytes) !== 'sent') return wakeAt;
      attempts.set(to.deviceId, nextAttempt(now, decision.via, last));
      if (decision.via === RELAY) relay(to, bytes, queue, () => attempts.delete(to.deviceId));
      queue.again = true;
    }
    return wakeAt;
  }

  function relay(to: Address, bytes: Uint8Array<ArrayBuffer>, queue: Queue, notSent: () => void): void {
    run(
      carrier.sendRelay(to, bytes).then((result) => {
        if (result.ok) return;
        notSent();
        const patience = (result.failure.retryAfter ?? 0) * 1_000;
        queue.relayAfter = clock.now() + Math.max(RELAY_PAUSE, patience);
        return pump(to.userId);
      }),
    );
  }

  function run(work: Promise<unknown>): void {
    work.catch(() => {
      // The database failed: what waits there stays, and the next change or start tries again.
    });
  }

  async function sendNow(to: Address, message: WireMessage): Promise<boolean> {
    const bytes = await envelope.seal(message, to);
    if (carrier.sendLink(to, bytes) === 'sent') return true;
    return (await carrier.sendRelay(to, bytes)).ok;
  }

  return {
    added(friendId, letters) {
      const queue = queueOf(friendId);
      if (queue.waiting.size + letters.length > WINDOW) queue.reload = true;
      else for (const letter of letters) queue.waiting.set(letter.id, { letter, attempts: new Map() });
      for (const letter of letters) if (letter.type === 'edit') rewrite(queue, letter);
      run(pump(friendId));
    },
    wayChanged(friendId) {
      if (queues.has(friendId)) run(pump(friendId));
    },
    friendCame(friendId) {
      const queue = queues.get(friendId);
      if (!queue) return;
      queue.relayAfter = 0;
      run(pump(friendId));
    },
    arrived(friendId, ids) {
      const queue = queues.get(friendId);
      if (!queue) return;
      const full = queue.waiting.size >= WINDOW;
      for (const id of ids) queue.waiting.delete(id);
      if (full) queue.reload = true;
      run(pump(friendId));
    },
    async giveUp(friendId, failure) {
      const waiting = await store.outbox(friendId, Number.MAX_SAFE_INTEGER);
      queues.get(friendId)?.waiting.clear();
      if (waiting.length === 0) return;
      await needs.onGivenUp(
        friendId,
        waiting.map(({ id }) => id),
        failure,
      );
    },
    sendNow,
    async sendToAll(friendId, message) {
      const reached = carrier
        .reach(friendId)
        .map(({ deviceId }) => sendNow({ userId: friendId, deviceId }, message));
      return (await Promise.all(reached)).includes(true);
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
