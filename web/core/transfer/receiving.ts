/** All files that friends offer to this page: feeds their machines, and runs what these decide. */
import type { FileControl } from '../wire/file-control.ts';
import { decodeFileFrame, PAYLOAD_BYTES, PIECE_BYTES, pieceCount } from '../wire/file-frame.ts';
import type { DiskReply } from './disk-messages.ts';
import type { Address, DiskPort, Line, TransferNeeds } from './needs.ts';
import {
  type ReceiverEffect,
  type ReceiverEvent,
  type ReceiverState,
  stepReceiver,
} from './receiver-machine.ts';
import { createSpeedMeter, type SpeedMeter } from './speed.ts';
import type { Subject } from './view.ts';

export interface Incoming {
  readonly subject: Subject;
  /** The friend's device that offers it. */
  readonly device: string;
  readonly meter: SpeedMeter;
  state: ReceiverState;
  /** Where the person chose to save it; null: in the browser's own storage. */
  place: FileSystemFileHandle | null;
  /** Frames that have come and are not yet with the worker. */
  frames: ArrayBuffer[];
}

export interface Receiving {
  readonly all: ReadonlyMap<string, Incoming>;
  know(subject: Subject, device: string): Incoming;
  accept(subject: Subject, device: string, place: FileSystemFileHandle | null): void;
  decline(subject: Subject, device: string): void;
  cancel(id: string): void;
  forget(id: string): void;
  hear(line: Line, message: FileControl): void;
  frame(address: Address, bytes: ArrayBuffer): void;
  lineUp(line: Line): void;
  lineDown(address: Address): void;
  sweep(keep: readonly string[]): void;
}

interface Needs extends Pick<TransferNeeds, 'clock' | 'disk'> {
  readonly lines: () => Iterable<Line>;
  readonly onChange: (incoming: Incoming) => void;
}

/** So many frames go to the worker at once, a piece at most: each message to it costs more than the frame itself. */
const BATCH = PIECE_BYTES / PAYLOAD_BYTES;

export function createReceiving(needs: Needs): Receiving {
  const all = new Map<string, Incoming>();
  let disk: DiskPort | null = null;

  function startDisk(): DiskPort | null {
    if (disk) return disk;
    disk = needs.disk();
    disk?.onReply(takeReply);
    return disk;
  }

  function dispatch(incoming: Incoming, event: ReceiverEvent): void {
    const { id, file } = incoming.subject;
    const { state, effects } = stepReceiver(incoming.state, event, { id, pieces: pieceCount(file.size) });
    incoming.state = state;
    for (const effect of effects) perform(incoming, effect);
    needs.onChange(incoming);
  }

  function perform(incoming: Incoming, effect: ReceiverEffect): void {
    const { id, file } = incoming.subject;
    switch (effect.type) {
      case 'send':
        lineOf(incoming)?.say(effect.message);
        return;
      case 'open':
        if (startDisk()) disk?.post({ do: 'open', id, size: file.size, place: incoming.place });
        else dispatch(incoming, { type: 'disk-failed', reason: 'insecure' });
        return;
      case 'begin':
        incoming.frames = [];
        incoming.meter.reset();
        incoming.meter.add(needs.clock.monotonic(), effect.from * PIECE_BYTES);
        disk?.post({ do: 'begin', id, stream: effect.stream, from: effect.from });
        return;
      case 'expect':
        handOver(incoming);
        disk?.post({ do: 'expect', id, index: effect.index, sha256: effect.sha256 });
        return;
      case 'finish':
      case 'release':
      case 'discard':
        disk?.post({ do: effect.type, id });
    }
  }

  function handOver(incoming: Incoming): void {
    const { subject, frames } = incoming;
    incoming.frames = [];
    if (frames.length > 0) disk?.post({ do: 'frames', id: subject.id, frames });
  }

  function takeReply(reply: DiskReply): void {
    const incoming = all.get(reply.id);
    if (incoming) dispatch(incoming, eventOf(reply, incoming));
  }

  function eventOf(reply: DiskReply, incoming: Incoming): ReceiverEvent {
    switch (reply.did) {
      case 'open':
        return { type: 'opened', verified: reply.verified };
      case 'verify':
        incoming.meter.add(needs.clock.monotonic(), reply.count * PIECE_BYTES);
        return { type: 'verified', stream: reply.stream, count: reply.count };
      case 'refuse':
        return { type: 'corrupt', stream: reply.stream };
      case 'finish':
        return { type: 'finished' };
      case 'fail':
        return { type: 'disk-failed', reason: reply.reason };
    }
  }

  function lineOf(incoming: Incoming): Line | undefined {
    return [...needs.lines()].find(({ address }) => concerns(incoming, address));
  }

  function concerns({ subject, device }: Incoming, { userId, deviceId }: Address): boolean {
    return subject.friendId === userId && device === deviceId;
  }

  function know(subject: Subject, device: string): Incoming {
    const known = all.get(subject.id);
    if (known) return known;
    const incoming: Incoming = {
      subject,
      device,
      meter: createSpeedMeter(),
      state: { phase: 'offered', problem: null },
      place: null,
      frames: [],
    };
    all.set(subject.id, incoming);
    return incoming;
  }

  function find(address: Address, message: FileControl): Incoming | undefined {
    const found = 'id' in message ? all.get(message.id) : ofStream(address, message.stream);
    return found && concerns(found, address) ? found : undefined;
  }

  function ofStream(address: Address, stream: number): Incoming | undefined {
    for (const incoming of all.values()) {
      const { state } = incoming;
      if (state.phase === 'receiving' && state.stream === stream && concerns(incoming, address))
        return incoming;
    }
    return undefined;
  }

  return {
    all,
    know,
    accept(subject, device, place) {
      const incoming = know(subject, device);
      incoming.place = place;
      dispatch(incoming, { type: 'accept' });
    },
    decline: (subject, device) => dispatch(know(subject, device), { type: 'decline' }),
    cancel(id) {
      const incoming = all.get(id);
      if (incoming) dispatch(incoming, { type: 'cancel' });
    },
    forget: (id) => void all.delete(id),
    hear(line, message) {
      const incoming = find(line.address, message);
      if (incoming) dispatch(incoming, { type: 'heard', message });
    },
    frame(address, bytes) {
      const decoded = decodeFileFrame(bytes);
      const incoming = decoded.ok && ofStream(address, decoded.frame.stream);
      // Anything else is late: of a run that was stopped or overtaken.
      if (!incoming) return;
      incoming.frames.push(bytes);
      if (incoming.frames.length >= BATCH) handOver(incoming);
    },
    lineUp({ address }) {
      for (const incoming of all.values()) {
        if (concerns(incoming, address)) dispatch(incoming, { type: 'link-up' });
      }
    },
    lineDown(address) {
      for (const incoming of all.values()) {
        if (concerns(incoming, address)) dispatch(incoming, { type: 'link-down' });
      }
    },
    sweep: (keep) => startDisk()?.post({ do: 'sweep', keep }),
  };
}
