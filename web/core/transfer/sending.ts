/** All files that this page offers: feeds their machines, and runs what these decide. */
import type { FileControl } from '../wire/file-control.ts';
import { PIECE_BYTES, pieceCount } from '../wire/file-frame.ts';
import type { Address, Line, TransferNeeds } from './needs.ts';
import { type FileSource, type Run, startRun } from './run.ts';
import { type SenderEffect, type SenderEvent, type SenderState, stepSender } from './sender-machine.ts';
import { createSpeedMeter, type SpeedMeter } from './speed.ts';
import type { Subject } from './view.ts';

export interface Outgoing {
  readonly subject: Subject;
  readonly source: FileSource;
  readonly meter: SpeedMeter;
  state: SenderState;
  /** The friend's device that takes it. */
  device: string | null;
  run: Run | null;
}

export interface Sending {
  readonly all: ReadonlyMap<string, Outgoing>;
  offer(subject: Subject, source: FileSource): void;
  cancel(id: string): void;
  forget(id: string): void;
  /** True if the message was for a sender. */
  hear(line: Line, message: FileControl): boolean;
  lineUp(line: Line): void;
  lineDown(address: Address): void;
}

interface Needs extends Pick<TransferNeeds, 'clock' | 'digest'> {
  readonly toBase64: (bytes: Uint8Array) => string;
  readonly firstStream: number;
  readonly lines: () => Iterable<Line>;
  readonly onChange: (outgoing: Outgoing) => void;
}

export function createSending(needs: Needs): Sending {
  const all = new Map<string, Outgoing>();
  let nextStream = needs.firstStream;

  function dispatch(outgoing: Outgoing, event: SenderEvent): void {
    const { subject } = outgoing;
    const pieces = pieceCount(subject.file.size);
    const { state, effects } = stepSender(outgoing.state, event, { id: subject.id, pieces, nextStream });
    outgoing.state = state;
    for (const effect of effects) perform(outgoing, effect);
    needs.onChange(outgoing);
  }

  function perform(outgoing: Outgoing, effect: SenderEffect): void {
    switch (effect.type) {
      case 'send':
        // Until a device takes it, the friend is all their devices.
        for (const line of linesOf(outgoing)) line.say(effect.message);
        return;
      case 'start':
        start(outgoing, effect.stream, effect.from);
        return;
      case 'advance':
        outgoing.run?.advance(effect.verified);
        outgoing.meter.add(needs.clock.monotonic(), effect.verified * PIECE_BYTES);
        return;
      case 'stop':
        outgoing.run?.stop();
        outgoing.run = null;
    }
  }

  function start(outgoing: Outgoing, stream: number, from: number): void {
    nextStream = (stream + 1) >>> 0;
    outgoing.run?.stop();
    outgoing.meter.reset();
    outgoing.meter.add(needs.clock.monotonic(), from * PIECE_BYTES);
    const [line] = linesOf(outgoing);
    if (!line) return;
    outgoing.run = startRun({
      source: outgoing.source,
      stream,
      from,
      channel: line.channel,
      digest: needs.digest,
      toBase64: needs.toBase64,
      onUnreadable: () => dispatch(outgoing, { type: 'cancel', reason: 'unreadable' }),
    });
  }

  function linesOf({ subject, device }: Outgoing): Line[] {
    return [...needs.lines()].filter(
      ({ address }) =>
        address.userId === subject.friendId && (device === null || address.deviceId === device),
    );
  }

  function concerns({ subject, device }: Outgoing, { userId, deviceId }: Address): boolean {
    return subject.friendId === userId && (device === null || device === deviceId);
  }

  function find(message: FileControl): Outgoing | undefined {
    if ('id' in message) return all.get(message.id);
    return [...all.values()].find(
      ({ state }) => state.phase === 'sending' && state.stream === message.stream,
    );
  }

  function hear(line: Line, message: FileControl): boolean {
    const outgoing = find(message);
    if (!outgoing || outgoing.subject.friendId !== line.address.userId) return answerUnknown(line, message);
    const { deviceId } = line.address;
    if (message.type === 'accept') {
      if (outgoing.state.phase === 'sending' && outgoing.device !== deviceId) {
        line.say({ type: 'cancel', id: message.id, reason: 'taken' });
        return true;
      }
      outgoing.device = deviceId;
    }
    if (outgoing.device === null || outgoing.device === deviceId) {
      dispatch(outgoing, { type: 'heard', message });
    }
    return true;
  }

  /** A page that was reloaded holds no files any more. */
  function answerUnknown(line: Line, message: FileControl): boolean {
    if (message.type === 'accept') line.say({ type: 'cancel', id: message.id, reason: 'gone' });
    else if (message.type === 'done') line.say({ type: 'done-ack', id: message.id });
    else return false;
    return true;
  }

  return {
    all,
    offer(subject, source) {
      if (all.has(subject.id)) return;
      const outgoing: Outgoing = {
        subject,
        source,
        meter: createSpeedMeter(),
        state: { phase: 'offered' },
        device: null,
        run: null,
      };
      all.set(subject.id, outgoing);
      needs.onChange(outgoing);
    },
    cancel(id) {
      const outgoing = all.get(id);
      if (outgoing) dispatch(outgoing, { type: 'cancel', reason: 'person' });
    },
    forget: (id) => void all.delete(id),
    hear,
    lineUp(line) {
      for (const outgoing of all.values()) {
        if (concerns(outgoing, line.address)) dispatch(outgoing, { type: 'link-up' });
      }
    },
    lineDown(address) {
      for (const outgoing of all.values()) {
        if (outgoing.device !== null && concerns(outgoing, address))
          dispatch(outgoing, { type: 'link-down' });
      }
    },
  };
}
