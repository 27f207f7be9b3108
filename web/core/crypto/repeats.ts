/**
 * Which messages of each session were opened and stored before: a session's messages are counted, and the engine opens
 * the same one as often as it is asked. A message counts as had only once the caller says that it has stored it.
 */
import type { Notes } from './notes.ts';

/** Which message of which session. */
export interface Place {
  readonly sessionId: string;
  readonly index: number;
}

export interface Repeats {
  had(place: Place): Promise<boolean>;
  /** Stored when it resolves. */
  settle(places: readonly Place[]): Promise<void>;
}

/** All below `next` were had, but for the gaps. */
interface Seen {
  readonly next: number;
  readonly gaps: readonly number[];
}

const NOTHING: Seen = { next: 0, gaps: [] };
/** A session has far fewer messages; of more gaps the oldest count as had. */
const GAPS_MAX = 2_000;

export function createRepeats(notes: Notes): Repeats {
  /** What was read or written lately. */
  const recent = new Map<string, Seen>();
  /** What is being read, by all who want it at once. */
  const reading = new Map<string, Promise<Seen>>();
  const nameOf = (sessionId: string) => `seen ${sessionId}`;

  async function read(sessionId: string): Promise<Seen> {
    const noted = (await notes.get(nameOf(sessionId))) as Seen | undefined;
    recent.set(sessionId, noted ?? NOTHING);
    return noted ?? NOTHING;
  }

  async function seenOf(sessionId: string): Promise<Seen> {
    const known = recent.get(sessionId);
    if (known) return known;
    const asked = reading.get(sessionId) ?? read(sessionId).finally(() => reading.delete(sessionId));
    reading.set(sessionId, asked);
    return asked;
  }

  return {
    had: async ({ sessionId, index }) => hadIn(await seenOf(sessionId), index),
    async settle(places) {
      for (const { sessionId } of places) await seenOf(sessionId);
      const touched = new Set<string>();
      for (const { sessionId, index } of places) {
        recent.set(sessionId, add(recent.get(sessionId) ?? NOTHING, index));
        touched.add(sessionId);
      }
      await notes.set([...touched].map((sessionId) => [nameOf(sessionId), recent.get(sessionId)]));
    },
  };
}

export function hadIn({ next, gaps }: Seen, index: number): boolean {
  return index < next && !gaps.includes(index);
}

export function add(seen: Seen, index: number): Seen {
  if (index < seen.next) return { next: seen.next, gaps: seen.gaps.filter((gap) => gap !== index) };
  const from = Math.max(seen.next, index - GAPS_MAX);
  const skipped = Array.from({ length: index - from }, (_none, at) => from + at);
  return { next: index + 1, gaps: [...seen.gaps, ...skipped].slice(-GAPS_MAX) };
}
