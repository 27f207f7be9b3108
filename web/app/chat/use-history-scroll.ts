/** Where the reader is in the history: at the end and following it, or further up, with news waiting below. */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { VirtualizerHandle } from 'virtua';
import type { Conversation, Timeline } from '../../core/model.ts';
import type { Row } from './rows.ts';
import { useReaderMoves } from './use-reader-moves.ts';

interface HistoryScrollOptions {
  readonly conversation: Conversation;
  readonly timeline: Timeline;
  readonly rows: readonly Row[];
  readonly epoch: number;
  /** Grows with every message sent here: then the newest is shown. */
  readonly sent: number;
  readonly frame: RefObject<HTMLDivElement | null>;
  readonly list: RefObject<VirtualizerHandle | null>;
}

interface HistoryScroll {
  readonly atEnd: boolean;
  readonly newBelow: number;
  /** The unread begin above what is seen, and that place was not seen yet. */
  readonly unreadAbove: boolean;
  readonly highlighted: string | null;
  readonly onScroll: () => void;
  readonly onResize: () => void;
  readonly toLatest: () => void;
  readonly toUnread: () => void;
  readonly jumpTo: (messageId: string) => Promise<void>;
}

/** Nearer than this to the end counts as at the end. */
const END_SLACK = 60;
/** Nearer than this to an end of the window, the next part is loaded. */
const LOAD_AHEAD = 1200;
const HIGHLIGHT_MS = 1600;
/** Time in which rows are measured and the place is found. */
const SETTLE_MS = 250;

export function useHistoryScroll(options: HistoryScrollOptions): HistoryScroll {
  const { conversation, timeline, rows, epoch, sent, frame, list } = options;
  const { hasEarlier, hasLater, firstUnreadId } = timeline;
  const following = useRef(true);
  const lastTop = useRef(0);
  const wanted = useRef<string | null>(null);
  // Before the reader is put in place, the position says nothing about where they are.
  const inPlace = useRef(false);
  const [atEnd, setAtEnd] = useState(true);
  const [newBelow, setNewBelow] = useState(0);
  const [unreadSeen, setUnreadSeen] = useState(false);
  const [highlighted, setHighlighted] = useState<string | null>(null);
  const load = useOneAtATime();
  const readerMoves = useReaderMoves(frame, epoch);
  const lastIndex = rows.length - 1;
  const unreadIndex = rows.findIndex((row) => row.startsUnread);

  const goTo = useCallback(
    (index: number, align: 'start' | 'center' | 'end') => list.current?.scrollToIndex(index, { align }),
    [list],
  );

  /** After every scroll and change: what is in view, and what follows from it. */
  const look = useCallback(() => {
    const box = frame.current;
    if (box === null || list.current === null || lastIndex < 0) return;
    // While very much comes at once, the list can miss how far it was scrolled: it would draw what is not in view.
    if (Math.abs(list.current.scrollOffset - box.scrollTop) > 1) box.dispatchEvent(new Event('scroll'));
    const below = box.scrollHeight - box.scrollTop - box.clientHeight;
    const end = below < END_SLACK && !hasLater;
    // Messages that come in push the end away; only the reader lets go of it.
    if (end) following.current = true;
    else if (hasLater || (box.scrollTop < lastTop.current && readerMoves())) following.current = false;
    lastTop.current = box.scrollTop;
    setAtEnd(end || following.current);
    if (end) setNewBelow(0);
    else if (following.current) goTo(lastIndex, 'end');
    if (isInView(box, box.querySelector('.unread-line'))) setUnreadSeen(true);
    markRead(
      conversation,
      rows,
      end ? lastIndex : list.current.findItemIndex(box.scrollTop + box.clientHeight - 1),
    );
    // Nor on the way to the end: an earlier part would push the newest out of the window.
    if (!inPlace.current || (following.current && !end)) return;
    if (hasEarlier && box.scrollTop < LOAD_AHEAD) load(() => conversation.loadEarlier());
    else if (hasLater && below < LOAD_AHEAD) load(() => conversation.loadLater());
  }, [conversation, rows, lastIndex, hasEarlier, hasLater, frame, list, load, goTo, readerMoves]);

  const onResize = useCallback(() => {
    if (following.current) goTo(lastIndex, 'end');
    look();
  }, [goTo, lastIndex, look]);

  // A list that starts over is put where the reader should begin.
  const placed = useRef(-1);
  useLayoutEffect(() => {
    if (placed.current === epoch || lastIndex < 0) return;
    placed.current = epoch;
    const aim = rows.findIndex((row) => row.message.id === wanted.current);
    following.current = aim < 0 && unreadIndex < 0;
    if (aim >= 0) goTo(aim, 'center');
    else if (unreadIndex >= 0) goTo(unreadIndex, 'start');
    else goTo(lastIndex, 'end');
    inPlace.current = false;
    setTimeout(() => (inPlace.current = true), SETTLE_MS);
  }, [epoch, rows, lastIndex, unreadIndex, goTo]);

  // Measuring the page in the midst of a change costs more than the change; before it is painted is soon enough.
  const beforePaint = useBeforePaint();
  useNews(rows, hasLater, (fresh, first) => {
    if (first) return;
    if (following.current) beforePaint('follow', () => goTo(lastIndex, 'end'));
    else setNewBelow((count) => count + fresh);
  });
  useEffect(() => {
    beforePaint('look', look);
    const settled = setTimeout(look, SETTLE_MS);
    return () => clearTimeout(settled);
  }, [beforePaint, look]);
  useReadOnReturn(look);
  useEffect(
    () => conversation.watch(() => isSeen() && following.current && !conversation.timeline.get().hasLater),
    [conversation],
  );

  const toLatest = useCallback(async () => {
    following.current = true;
    if (conversation.timeline.get().hasLater) await conversation.jumpToLatest();
    requestAnimationFrame(() => goTo(conversation.timeline.get().messages.length - 1, 'end'));
  }, [conversation, goTo]);
  // One's own new message is always shown.
  useEffect(() => {
    if (sent > 0) void toLatest();
  }, [sent, toLatest]);

  const jumpTo = useCallback(
    async (messageId: string) => {
      wanted.current = messageId;
      following.current = false;
      await conversation.jumpTo(messageId);
      setHighlighted(messageId);
      setTimeout(() => setHighlighted(null), HIGHLIGHT_MS);
      requestAnimationFrame(() => {
        const { messages } = conversation.timeline.get();
        const index = messages.findIndex((message) => message.id === messageId);
        if (index >= 0) goTo(index, 'center');
        wanted.current = null;
      });
    },
    [conversation, goTo],
  );
  const toUnread = useCallback(() => {
    setUnreadSeen(true);
    if (firstUnreadId !== null) void jumpTo(firstUnreadId);
  }, [jumpTo, firstUnreadId]);

  return {
    atEnd,
    newBelow,
    unreadAbove: firstUnreadId !== null && !unreadSeen,
    highlighted,
    onScroll: look,
    onResize,
    toLatest: () => void toLatest(),
    toUnread,
    jumpTo,
  };
}

function isInView(box: HTMLElement, element: Element | null): boolean {
  if (element === null) return false;
  const outer = box.getBoundingClientRect();
  const inner = element.getBoundingClientRect();
  return inner.bottom > outer.top && inner.top < outer.bottom;
}

const isSeen = (): boolean => document.visibilityState === 'visible' && document.hasFocus();

function markRead(conversation: Conversation, rows: readonly Row[], lastSeen: number): void {
  if (!isSeen()) return;
  const newest = rows
    .slice(0, lastSeen + 1)
    .findLast(({ message: { author, body } }) => author !== 'me' && body.kind !== 'deleted')?.message;
  if (newest !== undefined && newest.state !== 'read') conversation.markRead(newest.id);
}

/** Loading twice the same part would move the window twice. */
function useOneAtATime(): (part: () => Promise<void>) => void {
  const busy = useRef(false);
  return useCallback((part) => {
    if (busy.current) return;
    busy.current = true;
    void part().finally(() => (busy.current = false));
  }, []);
}

/** Runs jobs in the next frame; of several under one name the last. */
function useBeforePaint(): (name: string, job: () => void) => void {
  const waiting = useRef(new Map<string, () => void>());
  return useCallback((name, job) => {
    const jobs = waiting.current;
    if (jobs.size === 0) {
      requestAnimationFrame(() => {
        const due = [...jobs.values()];
        jobs.clear();
        for (const run of due) run();
      });
    }
    jobs.set(name, job);
  }, []);
}

/** Tells of messages that came in at the end, before they are painted; `first` when the history was just shown. */
function useNews(
  rows: readonly Row[],
  hasLater: boolean,
  tell: (fresh: number, first: boolean) => void,
): void {
  const known = useRef('');
  useLayoutEffect(() => {
    const newest = rows.at(-1)?.message.id ?? '';
    const before = known.current;
    if (hasLater || newest <= before) return;
    known.current = newest;
    const fresh = rows.filter(({ message }) => message.id > before && message.author !== 'me').length;
    tell(fresh, before === '');
  });
}

/** What was in view while the page was hidden counts as read when the person comes back. */
function useReadOnReturn(look: () => void): void {
  useEffect(() => {
    window.addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      window.removeEventListener('focus', look);
      document.removeEventListener('visibilitychange', look);
    };
  }, [look]);
}
