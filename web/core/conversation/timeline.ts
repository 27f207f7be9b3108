/** The window onto a history: how it grows, moves and follows changes. Pure. */
import type { Message, Timeline } from '../model.ts';

export const PAGE = 60;
/** A window that has grown beyond this lets go of its far end. */
const WINDOW_MAX = 300;

export const EMPTY_TIMELINE: Timeline = {
  messages: [],
  hasEarlier: false,
  hasLater: false,
  firstUnreadId: null,
  loaded: false,
};

export function withEarlier(timeline: Timeline, page: readonly Message[]): Timeline {
  const messages = [...page, ...timeline.messages];
  const cut = messages.length > WINDOW_MAX;
  return {
    ...timeline,
    messages: cut ? messages.slice(0, WINDOW_MAX) : messages,
    hasEarlier: page.length === PAGE,
    hasLater: timeline.hasLater || cut,
  };
}

export function withLater(timeline: Timeline, page: readonly Message[]): Timeline {
  const messages = [...timeline.messages, ...page];
  const cut = messages.length > WINDOW_MAX;
  return {
    ...timeline,
    messages: cut ? messages.slice(-WINDOW_MAX) : messages,
    hasLater: page.length === PAGE,
    hasEarlier: timeline.hasEarlier || cut,
  };
}

/** Brings new, changed and removed messages into the window, as far as they belong there. */
export function withChanges(
  timeline: Timeline,
  changed: readonly Message[],
  removed: readonly string[] = [],
): Timeline {
  const known = new Map(timeline.messages.map((message) => [message.id, message]));
  const news = changed.filter(
    (message) => belongs(timeline, message) && isNews(message, known.get(message.id)),
  );
  const gone = removed.filter((id) => known.has(id));
  if (news.length === 0 && gone.length === 0) return timeline;
  for (const message of news) known.set(message.id, message);
  for (const id of removed) known.delete(id);
  const messages = [...known.values()];
  const last = timeline.messages.at(-1)?.id ?? '';
  if (news.length > 1 || (news[0]?.id ?? last) < last) messages.sort(byId);
  // In larger bites than one, each of which moves all that is shown.
  const cut = messages.length > WINDOW_MAX + PAGE;
  return {
    ...timeline,
    messages: cut ? messages.slice(-WINDOW_MAX) : messages,
    hasEarlier: timeline.hasEarlier || cut,
  };
}

const RANK = { failed: 0, queued: 0, sent: 1, delivered: 2, read: 3 } as const;

/**
 * Tabs may tell of one message in another order than it happened, and more than once; a message never goes back in its
 * course, nor to what it was before a change.
 */
function isNews(message: Message, known: Message | undefined): boolean {
  if (known === undefined) return true;
  if (RANK[message.state] !== RANK[known.state]) return RANK[message.state] > RANK[known.state];
  const [revision, knownRevision] = [message.revision ?? 0, known.revision ?? 0];
  if (revision !== knownRevision) return revision > knownRevision;
  return JSON.stringify(message) !== JSON.stringify(known);
}

function byId(a: Message, b: Message): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Beyond the window's ends there are messages that are not loaded, so only what lies within may come in there. */
function belongs({ messages, hasEarlier, hasLater }: Timeline, { id }: Message): boolean {
  const first = messages[0]?.id;
  const last = messages.at(-1)?.id;
  if (first === undefined || last === undefined) return !hasEarlier && !hasLater;
  return (id >= first || !hasEarlier) && (id <= last || !hasLater);
}
