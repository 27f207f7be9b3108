/** Fetches all that another device has and this one lacks, page by page, going on where it once stopped. */
import type { HistoryPage } from '../wire/history.ts';
import type { ChannelEnd } from './channel-end.ts';

/** Of a conversation: what has come reaches from its newest message down to `before`; null: all of it. */
interface Fetched {
  readonly conversation: string;
  readonly before: string | null;
  readonly count: number;
}

interface Needs {
  readonly from: ChannelEnd;
  /** What came before. */
  readonly fetched: readonly Fetched[];
  /** Stores the page, and then how far it has come. */
  readonly store: (page: HistoryPage, fetched: Fetched) => Promise<void>;
  readonly onProgress: (done: number, total: number) => void;
  readonly stopped: () => boolean;
}

/** `cut`: the other device went, or said what it should not; it can be gone on with. */
export type FetchEnd = 'complete' | 'incomplete' | 'cut' | 'stopped';

/** Rejects when `store` does. */
export async function fetchHistory({ from, fetched, store, onProgress, stopped }: Needs): Promise<FetchEnd> {
  const list = await from.list();
  if (!list) return 'cut';
  const known = new Map(fetched.map((each) => [each.conversation, each]));
  const total = list.parts.reduce((sum, { count }) => sum + count, 0);
  let done = Math.min(
    total,
    fetched.reduce((sum, { count }) => sum + count, 0),
  );
  // Round and round, so that the newest of each conversation comes first.
  const left: Fetched[] = list.parts
    .map(({ conversation }) => known.get(conversation) ?? { conversation, before: null, count: 0 })
    .filter(({ before, conversation }) => before !== null || !known.has(conversation));
  const ask = (part: Fetched | undefined) =>
    part && { part, answer: from.page(part.conversation, part.before) };
  onProgress(done, total);
  let asked = ask(left.shift());
  while (asked) {
    const { part } = asked;
    const page = await asked.answer;
    if (!page || !follows(page, part)) return 'cut';
    const next = { ...part, before: page.before, count: part.count + page.messages.length };
    if (next.before !== null) left.push(next);
    // On its way while this one is stored.
    asked = ask(left.shift());
    await store(page, next);
    if (stopped()) return 'stopped';
    done = Math.min(total, done + page.messages.length);
    onProgress(done, total);
    from.tellProgress(done, total);
  }
  from.tellProgress(total, total);
  onProgress(total, total);
  return list.complete ? 'complete' : 'incomplete';
}

/** A page must lead further back, or this would never end. */
function follows(page: HistoryPage, { conversation, before }: Fetched): boolean {
  return (
    page.conversation === conversation && (page.before === null || before === null || page.before < before)
  );
}
