/** What a transfer card says, in words: one sentence for where things stand. Pure. */
import type { TransferView } from '../../core/model.ts';
import type { Speech } from '../i18n/index.ts';

export function transferWords(view: TransferView, friend: string, { t, format }: Speech): string {
  const { files } = t;
  const incoming = view.direction === 'in';
  switch (view.phase) {
    case 'offered':
      if (view.stop) return files.mine[view.stop.reason];
      return incoming ? files.offeredIn(friend) : files.offeredOut(friend);
    case 'opening':
      return files.opening;
    case 'waiting':
      return files.waiting;
    case 'moving':
      return movingWords(view, { t, format });
    case 'finishing':
      return files.finishing;
    case 'complete':
      if (!incoming) return files.delivered(friend);
      return view.kept && !view.saved ? files.receivedKept : files.received;
    case 'declined':
      return incoming ? files.declinedIn : files.declinedOut(friend);
    case 'stopped':
      return stopWords(view, friend, t);
  }
}

/** "12 MB/s, 40 sec left" */
function movingWords({ speed }: TransferView, { t, format }: Pick<Speech, 't' | 'format'>): string {
  const { files } = t;
  if (!speed) return files.opening;
  if (!Number.isFinite(speed.secondsLeft) || speed.rate < 1) return files.stalled;
  return [files.speed(format.bytes(speed.rate)), files.left(format.span(speed.secondsLeft))].join(
    t.call.comma,
  );
}

function stopWords({ stop }: TransferView, friend: string, { files }: Speech['t']): string {
  if (!stop) return '';
  return stop.by === 'me' ? files.mine[stop.reason] : files.theirs[stop.reason](friend);
}
