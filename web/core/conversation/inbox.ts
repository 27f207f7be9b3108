/** Takes in what friends' devices send: stores it, answers with receipts, and applies theirs. */
import type { Address, Envelope } from '../crypto/envelope.ts';
import type { Message } from '../model.ts';
import type { WireChange, WireContent, WireMessage, WireReceipt } from '../wire/message.ts';
import { WIRE_LIMITS } from '../wire/message.ts';
import type { Store } from './store.ts';
import { fromWire } from './wire-form.ts';
import type { Change } from './writing.ts';

/** Waiting messages of one sender beyond this are dropped; without a receipt they are sent again later. */
const QUEUE_MAX = 2_000;

interface Needs {
  readonly store: Store;
  readonly envelope: Envelope;
  readonly isFriend: (userId: string) => boolean;
  readonly reply: (to: Address, message: WireMessage) => void;
  readonly onChange: (change: Change) => void;
  /** Is being stored now. */
  readonly onArriving: (friendId: string, messages: readonly Message[]) => void;
  readonly onMessages: (friendId: string, messages: readonly Message[]) => void;
  readonly onArrived: (friendId: string, ids: readonly string[]) => void;
  readonly onTyping: (friendId: string, typing: boolean) => void;
}

export interface Inbox {
  take(from: Address, bytes: Uint8Array): void;
}

type Letter = { readonly from: Address; readonly message: WireMessage };

export function createInbox(needs: Needs): Inbox {
  const { store, envelope } = needs;
  /** By sending device: bytes in the order of arrival, opened and worked off one batch after the other. */
  const queues = new Map<string, { bytes: Uint8Array[]; working: boolean }>();

  function take(from: Address, bytes: Uint8Array): void {
    if (!needs.isFriend(from.userId)) return;
    const key = `${from.userId} ${from.deviceId}`;
    const queue = queues.get(key) ?? { bytes: [], working: false };
    queues.set(key, queue);
    if (queue.bytes.length >= QUEUE_MAX) return;
    queue.bytes.push(bytes);
    if (queue.working) return;
    queue.working = true;
    void workOff(from, queue.bytes).finally(() => queues.delete(key));
  }

  async function workOff(from: Address, waiting: Uint8Array[]): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, WIRE_LIMITS.receiptMax);
      const letters: Letter[] = [];
      for (const bytes of batch) {
        const opened = await envelope.open(bytes, from);
        if (opened.ok) letters.push({ from, message: opened.message });
      }
      try {
        await deliver(from, letters);
      } catch {
        // The database refused: no receipt was sent, so the friend's browser will send these again.
      }
    }
  }

  async function deliver(from: Address, letters: readonly Letter[]): Promise<void> {
    const contents: WireContent[] = [];
    const changes: WireChange[] = [];
    for (const { message } of letters) {
      if (message.type === 'receipt') await takeReceipt(from.userId, message);
      else if (message.type === 'typing') needs.onTyping(from.userId, message.typing);
      else if ('target' in message) changes.push(message);
      else contents.push(message);
    }
    if (contents.length + changes.length > 0) await takeIn(from, contents, changes);
  }

  async function takeIn(
    from: Address,
    contents: readonly WireContent[],
    changes: readonly WireChange[],
  ): Promise<void> {
    const friendId = from.userId;
    const messages = contents.map((content) => fromWire(from, content));
    // What was changed before it came is shown as it is then, and not before.
    if (changes.length === 0) needs.onArriving(friendId, messages);
    // Lets the page draw it, which it does in a microtask: to begin storing takes as long.
    await Promise.resolve();
    const change = await store.addReceived(friendId, messages, changes);
    // Also for what was here before: the receipt for it may have been lost.
    needs.reply(from, { type: 'receipt', delivered: [...contents, ...changes].map(({ id }) => id) });
    if (change.messages.length > 0) needs.onChange(change);
    if (change.added.length === 0) return;
    needs.onTyping(friendId, false);
    needs.onMessages(friendId, change.added);
  }

  async function takeReceipt(friendId: string, { delivered, readUpTo }: WireReceipt): Promise<void> {
    const change = await store.applyReceipt(friendId, delivered, readUpTo ?? null);
    if (change.messages.length > 0) needs.onChange(change);
    needs.onArrived(friendId, delivered);
  }

  return { take };
}
