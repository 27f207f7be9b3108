/** Joins sender and receiver sides with the file channels, the records that outlive a reload, and what the page shows. */
import * as v from 'valibot';
import { inBackground } from '../background.ts';
import type { Message, TransferView } from '../model.ts';
import { fileControlSchema } from '../wire/file-control.ts';
import type { FileControl } from '../wire/file-control.ts';
import { createBulkChannel } from './bulk-channel.ts';
import type { DataChannel } from './bulk-channel.ts';
import type { Address, Line, TransferNeeds, TransferRecord } from './needs.ts';
import { createReceiving } from './receiving.ts';
import type { Incoming } from './receiving.ts';
import type { FileSource } from './run.ts';
import { createSending } from './sending.ts';
import type { Outgoing } from './sending.ts';
import { receiverView, senderView, subjectOf } from './view.ts';
import type { Subject } from './view.ts';
import { fetched, takeBack, waitingSource } from './waiting-file.ts';
import { createWaitingLine, waitingDevice } from './waiting-line.ts';

/** Runs in the leading tab. */
export interface TransferHub {
  /** A link to this device is there, or gone (null). */
  setChannel(address: Address, channel: (DataChannel & EventTarget) | null): void;
  offer(message: Message, source: FileSource): void;
  accept(message: Message, place: FileSystemFileHandle | null): void;
  decline(message: Message): void;
  cancel(message: Message): void;
  /** Its message was deleted: stops what runs, and keeps neither a record nor what is in the browser's own storage. */
  forget(id: string): void;
  /** The page has handed a kept file to the person; it goes at the next start. */
  saved(id: string): void;
}

/** Often enough to look alive. */
const SHOW_EVERY = 250;
const RUNNING: readonly TransferView['phase'][] = ['opening', 'waiting', 'moving', 'finishing'];

export function createTransfers(needs: TransferNeeds): TransferHub {
  const { clock, timers, scope } = needs;
  const lines = new Map<string, Line & { readonly end: () => void }>();
  /** By transfer: where a file comes from that waits on the server. */
  const waitingLines = new Map<string, Line>();
  const background = inBackground(needs.report);
  const records = new Map<string, TransferRecord>();
  let views: ReadonlyMap<string, TransferView> = new Map();
  let cancelShow: (() => void) | null = null;
  const dirty = new Set<string>();
  scope.own(() => {
    cancelShow?.();
    for (const { end } of lines.values()) end();
  });

  const sending = createSending({
    clock,
    digest: needs.digest,
    toBase64: needs.toBase64,
    firstStream: needs.firstStream,
    lines: () => lines.values(),
    onChange: ({ subject, device }) => changed(subject.id, device ?? ''),
  });
  const receiving = createReceiving({
    clock,
    disk: needs.disk,
    lines: () => [...lines.values(), ...waitingLines.values()],
    onChange: ({ subject, device }) => changed(subject.id, device),
  });

  // --- What is shown and kept ------------------------------------------------------------------------------------

  function viewOf(id: string): TransferView | null {
    const outgoing = sending.all.get(id);
    if (outgoing) return viewOfOutgoing(outgoing);
    const incoming = receiving.all.get(id);
    return incoming ? viewOfIncoming(incoming) : null;
  }

  function viewOfOutgoing({ subject, state, meter }: Outgoing): TransferView {
    return senderView(subject, state, meter.read(clock.monotonic(), subject.file.size));
  }

  function viewOfIncoming({ subject, state, meter, place }: Incoming): TransferView {
    return receiverView(subject, state, meter.read(clock.monotonic(), subject.file.size), place === null);
  }

  /** A change of phase shows at once; progress at a calm pace. */
  function changed(id: string, device: string): void {
    const view = viewOf(id);
    if (!view) return;
    const before = views.get(id);
    if (before?.phase === view.phase && view.phase === 'moving') {
      dirty.add(id);
      showLater();
      return;
    }
    dirty.delete(id);
    show([view]);
    keep({ view, device });
    needs.want(view.friendId, wantsLink(view.friendId));
  }

  function showLater(): void {
    cancelShow ??= timers.after(SHOW_EVERY, () => {
      cancelShow = null;
      show([...dirty].map(viewOf).filter((view) => view !== null));
      dirty.clear();
      // A transfer that stands still must be seen to get slower.
      for (const view of views.values()) if (view.phase === 'moving') dirty.add(view.id);
      if (dirty.size > 0) showLater();
    });
  }

  function show(changes: readonly TransferView[]): void {
    const next = new Map(views);
    for (const view of changes) next.set(view.id, view);
    views = next;
    needs.onChange(views);
  }

  function keep(record: TransferRecord): void {
    records.set(record.view.id, record);
    // An offer that nobody has decided on needs no record: the message itself says it.
    if (record.view.phase === 'offered') return;
    // Without a record, a reload forgets how this ended; nothing else is lost.
    background(
      'noting how a transfer stands',
      needs.records.put({ ...record, view: { ...record.view, speed: null } }),
    );
  }

  const wantsLink = (friendId: string): boolean =>
    [...views.values()].some((view) => view.friendId === friendId && RUNNING.includes(view.phase));

  /** After a reload: what was accepted goes on; what one offered is gone, since the page lost hold of the files. */
  async function restore(): Promise<void> {
    const stored = await needs.records.all();
    if (scope.ended) return;
    for (const record of stored) {
      if (records.has(record.view.id)) continue;
      const view = settled(record.view);
      records.set(view.id, { ...record, view });
      show([view]);
      const goesOn = view.direction === 'in' && view.phase === 'waiting' && view.kept;
      if (goesOn) void goOn(view, record.device);
    }
    sweep(stored);
  }

  async function goOn(view: TransferView, device: string): Promise<void> {
    if (device !== waitingDevice(view.id)) return receiving.accept(view, device, null);
    const message = await needs.message(view.friendId, view.id);
    if (message && !scope.ended) accept(message, null);
  }

  /** What was handed to the person last time leaves the browser's own storage. */
  function sweep(stored: readonly TransferRecord[]): void {
    const handedOver = stored.filter(({ view }) => view.kept && view.saved);
    if (handedOver.length === 0) return;
    for (const { view } of handedOver) {
      const record = records.get(view.id);
      if (record) keep(record);
    }
    receiving.sweep(stored.filter(({ view }) => view.kept && !view.saved).map(({ view }) => view.id));
  }

  // --- What the friends' pages say -------------------------------------------------------------------------------

  function setChannel(address: Address, channel: (DataChannel & EventTarget) | null): void {
    const key = `${address.userId} ${address.deviceId}`;
    const before = lines.get(key);
    if (before) {
      lines.delete(key);
      before.end();
      sending.lineDown(address);
      receiving.lineDown(address);
    }
    if (!channel) return;
    const bulk = createBulkChannel(channel);
    const take = (event: Event): void => hear(line, (event as MessageEvent<unknown>).data);
    const line = {
      address,
      channel: bulk,
      say: (message: FileControl) => void bulk.send(JSON.stringify(message)),
      end: () => channel.removeEventListener('message', take),
    };
    channel.addEventListener('message', take);
    lines.set(key, line);
    sending.lineUp(line);
    receiving.lineUp(line);
  }

  function hear(line: Line, data: unknown): void {
    if (data instanceof ArrayBuffer) {
      receiving.frame(line.address, data);
      return;
    }
    const parsed = v.safeParse(fileControlSchema, data);
    if (!parsed.success) return;
    const message = parsed.output;
    if (sending.hear(line, message)) return;
    if (message.type === 'cancel' && !receiving.all.has(message.id))
      background('learning that a file was taken back', learnOfCancel(line, message));
    else receiving.hear(line, message);
  }

  /** Of an offer that this page has not looked at since its start. */
  async function learnOfCancel(line: Line, message: Extract<FileControl, { type: 'cancel' }>): Promise<void> {
    const found = await needs.message(line.address.userId, message.id);
    const subject = found && found.author === 'friend' ? subjectOf(found) : null;
    if (!subject || records.get(message.id)?.view.phase === 'complete') return;
    receiving.know(subject, line.address.deviceId);
    receiving.hear(line, message);
  }

  // --- What waits on the server ----------------------------------------------------------------------------------

  function accept(message: Message, place: FileSystemFileHandle | null): void {
    const subject = subjectOf(message);
    if (!subject || message.author === 'me') return;
    const device = deviceOf(message);
    const known = receiving.all.get(message.id)?.device ?? waitingDevice(message.id);
    const waits = known === waitingDevice(message.id) && openWaiting(subject, device);
    receiving.accept(subject, waits ? known : device, place);
  }

  /** False if it does not wait there. If it turns out to be gone, it is asked of the friend's device. */
  function openWaiting(subject: Subject, device: string): boolean {
    const { server } = needs;
    const { waits, size } = subject.file;
    if (!waits || !server) return false;
    const line = createWaitingLine({
      ...needs,
      subject,
      source: waitingSource({ ...server, timers }, waits, size),
      hear: (from, message) => receiving.hear(from, message),
      frame: (address, bytes) => receiving.frame(address, bytes),
      done: () => fetched(server, waits),
      gone: () => {
        const place = receiving.all.get(subject.id)?.place ?? null;
        waitingLines.delete(subject.id);
        receiving.cancel(subject.id);
        receiving.forget(subject.id);
        receiving.accept(subject, device, place);
      },
    });
    waitingLines.set(subject.id, line);
    return true;
  }

  async function forget(id: string): Promise<void> {
    await restored;
    const waits = sending.all.get(id)?.subject.file.waits;
    if (waits && needs.server) takeBack(needs.server, waits);
    waitingLines.delete(id);
    sending.cancel(id);
    receiving.cancel(id);
    sending.forget(id);
    receiving.forget(id);
    const known = records.get(id);
    records.delete(id);
    if (views.has(id)) {
      const next = new Map(views);
      next.delete(id);
      views = next;
      needs.onChange(views);
    }
    if (!known) return;
    await needs.records.remove(id);
    if (known.view.kept) receiving.sweep([...records.values()].map(({ view }) => view.id));
  }

  const deviceOf = ({ body }: Message): string => (body.kind === 'file' ? body.device : '');

  // Should the database fail, transfers begin without what they were before.
  const restored = restore().catch((error: unknown) => needs.report('reading how transfers stood', error));

  return {
    setChannel,
    offer(message, source) {
      const subject = subjectOf(message);
      const ended = records.get(message.id)?.view.phase;
      // Offered again to a new leading tab: what is over stays over.
      if (subject && (ended === undefined || RUNNING.includes(ended))) sending.offer(subject, source);
    },
    accept,
    decline(message) {
      const subject = subjectOf(message);
      if (subject && message.author === 'friend') receiving.decline(subject, deviceOf(message));
    },
    cancel(message) {
      if (message.author === 'me') sending.cancel(message.id);
      else receiving.cancel(message.id);
    },
    forget: (id) => background('forgetting a transfer', forget(id)),
    saved(id) {
      const record = records.get(id);
      if (!record) return;
      const view = { ...record.view, saved: true };
      show([view]);
      keep({ ...record, view });
    },
  };
}

/** A record as it is shown before anything has happened in this start. */
function settled(view: TransferView): TransferView {
  if (view.phase === 'complete') return { ...view, kept: view.kept && !view.saved };
  if (!RUNNING.includes(view.phase)) return view;
  if (view.direction === 'out') return { ...view, phase: 'stopped', stop: { by: 'me', reason: 'gone' } };
  // A place that was chosen is not held beyond a reload; the person may choose again.
  if (!view.kept) return { ...view, phase: 'stopped', stop: { by: 'me', reason: 'storage-failed' } };
  return { ...view, phase: 'waiting' };
}
