/** What a transfer card says, in words: one sentence for where things stand. Pure. */
import type { Speed, TransferView } from '../../core/model.ts';
import type { Speech } from '../i18n/index.ts';
import type { FileWords } from './words-en.ts';

type Wording = Pick<Speech, 't' | 'format'> & { readonly words: FileWords };

/** `away`: the friend is not there. */
export function transferWords(view: TransferView, friend: string, away: boolean, wording: Wording): string {
  const { words } = wording;
  const incoming = view.direction === 'in';
  switch (view.phase) {
    case 'offered':
      if (view.stop) return words.mine[view.stop.reason];
      if (incoming) return words.offeredIn(friend);
      if (view.file.waits) return words.waitsOut(friend);
      return away ? words.offeredAway(friend) : words.offeredOut(friend);
    case 'opening':
      return words.opening;
    case 'waiting':
      return words.waiting;
    case 'moving':
      return speedWords(view.speed, wording);
    case 'finishing':
      return words.finishing;
    case 'complete':
      if (!incoming) return words.delivered(friend);
      return view.kept && !view.saved ? words.receivedKept : words.received;
    case 'declined':
      return incoming ? words.declinedIn : words.declinedOut(friend);
    case 'stopped':
      return stopWords(view, friend, words);
  }
}

/** "12 MB/s, 40 sec left" */
export function speedWords(speed: Speed | null, { t, format, words }: Wording): string {
  if (!speed) return words.opening;
  if (!Number.isFinite(speed.secondsLeft) || speed.rate < 1) return words.stalled;
  return [words.speed(format.bytes(speed.rate)), words.left(format.span(speed.secondsLeft))].join(
    t.call.comma,
  );
}

function stopWords({ stop }: TransferView, friend: string, words: FileWords): string {
  if (!stop) return '';
  return stop.by === 'me' ? words.mine[stop.reason] : words.theirs[stop.reason](friend);
}
