/**
 * Verification of a person (or of one's own other device) by comparing emoji or scanning a code: the engine's flows as
 * one observable list. A person is asked on all devices at once; the first that answers is gone on with.
 */
import type * as Wasm from '@matrix-org/matrix-sdk-crypto-wasm';
import { engineUserId } from '../../../signaling/protocol/keys.ts';
import type { Result } from '../model.ts';
import type { Timers } from '../platform.ts';
import { DONE } from '../result.ts';
import type { Value } from '../value.ts';
import { cell } from '../value.ts';
import type { Address } from './address.ts';
import type { Machine } from './machine.ts';
import type { Outcome } from './outcome.ts';
import { no, unreachable, yes } from './outcome.ts';
import type { Outgoing } from './outgoing.ts';
import type { People } from './people.ts';
import type { Post } from './post.ts';
import type { Flow, Step } from './verifying-step.ts';
import { METHODS, stepOf } from './verifying-step.ts';

interface Verification {
  readonly id: string;
  readonly userId: string;
  /** The other side asked. */
  readonly incoming: boolean;
  readonly at: Step;
}

export interface Verifying {
  /** Those that are over stay until `dismiss`. */
  readonly all: Value<readonly Verification[]>;
  /** Asks this person, or one's own other devices. */
  ask(userId: string): Promise<Outcome>;
  /** What somebody asked of us. */
  accept(id: string): Promise<Outcome>;
  /** Begins with emoji; the other side follows. */
  compare(id: string): Promise<Outcome>;
  /** Makes a code for the other side to scan. */
  show(id: string): Promise<Outcome>;
  /** What was read from the code on the other side's screen. Not theirs, or damaged: `mismatch`. */
  scan(id: string, code: Uint8Array): Promise<Outcome>;
  /** The emoji are the same; or the other side says that it has scanned the code. */
  confirm(id: string): Promise<Outcome>;
  /** The emoji differ. */
  mismatch(id: string): Promise<Outcome>;
  cancel(id: string): Promise<Outcome>;
  dismiss(id: string): void;
}

/** What makes verifications go on. */
interface Steps extends Verifying {
  /** An event of this person's was taken in. */
  look(userId: string): Promise<void>;
  /** Something was sent. */
  tell(): void;
  close(): void;
}

interface Needs {
  readonly machine: Machine;
  readonly me: Address;
  readonly people: People;
  readonly outgoing: Outgoing;
  readonly post: Post;
  readonly timers: Timers;
  /** The identities of two people, or one's own new device, were found to be right. */
  readonly onDone: (userId: string) => Promise<void>;
}

interface Entry extends Flow {
  readonly id: string;
  readonly userId: string;
  readonly incoming: boolean;
  /** Devices that were asked, until one has answered. */
  asked: readonly Address[];
  /** Which of the engine's two ways, emoji or code, is listened to. */
  watched: object | null;
  accepted: boolean;
  over: boolean;
}

export function createVerifying(needs: Needs): Steps {
  const { machine, me, people, outgoing, post, timers, onDone } = needs;
  const { olm, library, call } = machine;
  const all = cell<readonly Verification[]>([]);
  const entries = new Map<string, Entry>();
  const cancels: (() => void)[] = [];

  const publish = () =>
    all.set(
      [...entries.values()].map((entry) => ({
        id: entry.id,
        userId: entry.userId,
        incoming: entry.incoming,
        at: stepOf(library, entry),
      })),
    );

  type Request = Wasm.OutgoingVerificationRequest | Wasm.SignatureUploadRequest | undefined;

  async function send(...requests: Request[]): Promise<Outcome> {
    let sent: Result = DONE;
    for (const request of requests) if (request && sent.ok) sent = await outgoing.send(request);
    publish();
    return sent.ok ? yes(undefined) : unreachable(sent.failure);
  }

  function watch(request: Wasm.VerificationRequest, userId: string, asked: readonly Address[]): void {
    const id = request.flowId;
    const incoming = !request.weStarted();
    const entry: Entry = {
      id,
      userId,
      incoming,
      request,
      code: null,
      asked,
      watched: null,
      accepted: false,
      over: false,
    };
    entries.set(id, entry);
    // The engine gives up by itself, but says so only when it is spoken to.
    cancels.push(timers.after(request.timeRemainingMillis(), () => publish()));
    // In the midst of a change the engine must be left alone; `look` and `tell` come after it.
    request.registerChangesCallback(() => Promise.resolve(publish()));
    publish();
  }

  /** What has to be done without the person, after anything changed. */
  async function step(entry: Entry): Promise<void> {
    const { request, userId } = entry;
    if (entry.asked.length > 0 && (request.isReady() || request.isCancelled())) await callOff(entry);
    const verification = request.getVerification();
    const kind = verification?.constructor ?? null;
    if (verification !== undefined && entry.watched !== kind) {
      entry.watched = kind;
      verification.registerChangesCallback(() => Promise.resolve(publish()));
    }
    // Only what the other side started can be accepted. Each acceptance has a key of its own, so there must be one.
    const mayAccept = verification instanceof library.Sas && !entry.accepted;
    const acceptance = mayAccept ? verification.accept() : undefined;
    if (acceptance !== undefined) {
      entry.accepted = true;
      await send(acceptance);
    }
    publish();
    if (entry.over || !request.isDone()) return;
    entry.over = true;
    await onDone(userId);
  }

  /** One device has answered: the others need not ring any longer. */
  async function callOff(entry: Entry): Promise<void> {
    const answered = entry.request.otherDeviceId?.toString();
    const others = entry.asked.filter(({ deviceId }) => deviceId !== answered);
    entry.asked = [];
    const content = { transaction_id: entry.id, code: 'm.accepted', reason: '' };
    await post.sendEvent(`${entry.id}-off`, others, 'm.key.verification.cancel', content);
  }

  async function look(userId: string): Promise<void> {
    const user = new library.UserId(engineUserId(userId));
    for (const request of olm.getVerificationRequests(user)) {
      const isNew = !entries.has(request.flowId) && !request.weStarted();
      if (isNew && !request.isCancelled() && !request.isDone()) watch(request, userId, []);
    }
    for (const entry of entries.values()) if (entry.userId === userId) await step(entry);
  }

  /** The engine asks one device; the others are sent the same, and whoever answers is gone on with. */
  async function begin(first: Wasm.Device, asked: readonly Address[]): Promise<Outcome> {
    const [request, message] = first.requestVerification(METHODS(library));
    watch(request, asked[0]!.userId, asked);
    const sent = await send(message);
    if (!sent.ok) return sent;
    const { messages } = JSON.parse(message.body) as { messages: Record<string, Record<string, object>> };
    const [content] = Object.values(Object.values(messages)[0] ?? {});
    const others = asked.slice(1);
    if (content === undefined || others.length === 0) return sent;
    const told = await post.sendEvent(`${request.flowId}-on`, others, message.event_type, content);
    return told.ok ? sent : unreachable(told.failure);
  }

  async function ask(userId: string): Promise<Outcome> {
    const followed = await people.follow([userId]);
    if (!followed.ok) return unreachable(followed.failure);
    const ids = await people.devicesOf(userId, userId === me.userId);
    const asked = ids.filter((id) => id !== me.deviceId).map((deviceId) => ({ userId, deviceId }));
    const first = asked[0] === undefined ? null : await people.device(asked[0]);
    return first === null ? no({ why: 'untrusted-device' }) : begin(first, asked);
  }

  async function scan(flow: Flow, code: Uint8Array): Promise<Outcome> {
    try {
      const scanned = library.QrCodeScan.fromBytes(new Uint8ClampedArray(code));
      const qr = await call(() => flow.request.scanQrCode(scanned));
      return await send(qr.reciprocate());
    } catch (error) {
      if (machine.broken.get()) throw error;
      const cancelled = await send(flow.request.cancel());
      return cancelled.ok ? no({ why: 'mismatch' }) : cancelled;
    }
  }

  const withFlow = async (id: string, act: (flow: Flow) => Promise<Outcome>): Promise<Outcome> => {
    const flow = entries.get(id);
    return flow === undefined ? yes(undefined) : act(flow);
  };

  return {
    all,
    look,
    tell() {
      // A dead engine tells nothing any more.
      for (const entry of entries.values()) step(entry).catch(() => undefined);
    },
    close: () => cancels.forEach((cancel) => cancel()),
    ask,
    accept: (id) => withFlow(id, ({ request }) => send(request.acceptWithMethods(METHODS(library)))),
    compare: (id) =>
      withFlow(id, async ({ request }) => {
        const started = await call(() => request.startSas());
        return send(started?.[1]);
      }),
    show: (id) =>
      withFlow(id, async (flow) => {
        const qr = await call(() => flow.request.generateQrCode());
        flow.code = qr === undefined ? null : new Uint8Array(qr.toBytes());
        publish();
        return yes(undefined);
      }),
    scan: (id, code) => withFlow(id, (flow) => scan(flow, code)),
    confirm: (id) =>
      withFlow(id, async ({ request }) => {
        const verification = request.getVerification();
        if (verification instanceof library.Sas) return send(...(await call(() => verification.confirm())));
        return send(verification?.confirmScanning());
      }),
    mismatch: (id) =>
      withFlow(id, ({ request }) => send(request.getVerification()?.cancelWithCode('m.mismatched_sas'))),
    cancel: (id) => withFlow(id, ({ request }) => send((request.getVerification() ?? request).cancel())),
    dismiss(id) {
      entries.delete(id);
      publish();
    },
  };
}
