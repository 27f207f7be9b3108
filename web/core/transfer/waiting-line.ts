/**
 * A file that waits on the server comes to this page by the same protocol as from the friend's page: what sends it is
 * here, reads it from the server piece by piece, and speaks over a line that leads nowhere else.
 */
import type { FileControl } from '../wire/file-control.ts';
import type { Address, Line, TransferNeeds } from './needs.ts';
import type { FileSource } from './run.ts';
import { createSending } from './sending.ts';
import type { Subject } from './view.ts';

interface Needs extends Pick<TransferNeeds, 'clock' | 'digest' | 'toBase64' | 'firstStream'> {
  readonly subject: Subject;
  readonly source: FileSource;
  readonly hear: (line: Line, message: FileControl) => void;
  readonly frame: (address: Address, bytes: ArrayBuffer) => void;
  /** It is whole on this page's disk. */
  readonly done: () => void;
  /** It is not there any more, or not what was announced. */
  readonly gone: () => void;
}

/** Names the line of one transfer, where a link is named by the device at its other end. */
export const waitingDevice = (id: string): string => `waiting ${id}`;

export function createWaitingLine(needs: Needs): Line {
  const { subject } = needs;
  const address = { userId: subject.friendId, deviceId: waitingDevice(subject.id) };
  const sending = createSending({ ...needs, lines: () => [inner], onChange: () => undefined });

  function tell(message: FileControl): void {
    if (message.type === 'cancel') needs.gone();
    else needs.hear(outer, message);
  }

  const inner: Line = {
    address,
    say: tell,
    channel: {
      send(data) {
        if (typeof data === 'string') tell(JSON.parse(data) as FileControl);
        else needs.frame(address, data.slice().buffer);
        return true;
      },
      room: () => Promise.resolve(true),
    },
  };
  const outer: Line = {
    ...inner,
    say(message) {
      // Not at once: whoever says it may be in the middle of a step.
      queueMicrotask(() => {
        if (message.type === 'done') needs.done();
        sending.hear(inner, message);
      });
    },
  };
  sending.offer(subject, needs.source);
  return outer;
}
