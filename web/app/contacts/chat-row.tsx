/** One conversation in the list: opens on a press, and starts its links before the page changes. */
import { type MouseEvent, type PointerEvent, type ReactNode, useRef } from 'react';
import type { ConversationSummary } from '../../core/model.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { formatRoute, openChat } from '../route.ts';

export interface RowPlace {
  readonly selected: boolean;
  /** The one row that Tab reaches. */
  readonly reachable: boolean;
  readonly index: number;
  readonly now: number;
}

interface ChatRowProps extends RowPlace {
  readonly id: string;
  readonly face: ReactNode;
  /** The name and what stands beside it. */
  readonly top: ReactNode;
  readonly words: ReactNode;
  readonly marks?: ReactNode;
  readonly summary: ConversationSummary | undefined;
  /** News that nobody is told of. */
  readonly muted?: boolean;
}

/** Half a frame: nobody sees it, and the offer is on its way. */
const HEAD_START = 8;
const HANDING_OVER = 2_000;

export function ChatRow(props: ChatRowProps) {
  const { id, face, top, words, marks, summary, muted = false, selected, reachable, index, now } = props;
  const { format } = useSpeech();
  const messenger = useMessenger();
  const pressed = useRef(false);
  // Once the page has changed, the conversation holds the link itself.
  const startLink = (): void => {
    const release = messenger.holdLink(id);
    setTimeout(release, HANDING_OVER);
  };
  /** A button is held for a tenth of a second before it makes a click: time enough for the link to open. */
  const press = (event: PointerEvent): void => {
    // A finger may be about to scroll.
    pressed.current = event.pointerType === 'mouse' && event.button === 0 && !isForBrowser(event);
    if (pressed.current) startLink();
  };
  const open = (event: MouseEvent): void => {
    if (isForBrowser(event)) return;
    event.preventDefault();
    const underWay = pressed.current;
    pressed.current = false;
    if (underWay) return openChat(id);
    // The link takes its first step, for which the page would otherwise be too busy with changing.
    startLink();
    setTimeout(() => openChat(id), HEAD_START);
  };
  return (
    <a
      className="friend-row"
      href={formatRoute({ screen: 'chat', conversationId: id, side: 'none' })}
      onPointerDown={press}
      onClick={open}
      tabIndex={reachable ? 0 : -1}
      data-index={index}
      aria-current={selected ? 'page' : undefined}
    >
      {face}
      <span className="friend-row-text">
        <span className="friend-row-top">
          {top}
          {summary?.last && <time className="friend-row-time">{format.short(summary.last.at, now)}</time>}
        </span>
        <span className="friend-row-bottom">
          {words}
          {marks}
          <Unread count={summary?.unread ?? 0} muted={muted} />
        </span>
      </span>
    </a>
  );
}

/** With a key held a link is opened in the browser's own way: in another tab or window. */
const isForBrowser = (event: MouseEvent): boolean => event.metaKey || event.ctrlKey || event.shiftKey;

function Unread({ count, muted }: { count: number; muted: boolean }) {
  const { t, format } = useSpeech();
  if (count === 0) return null;
  return (
    <span className="badge" data-muted={muted || undefined}>
      <span aria-hidden="true">{count > 99 ? '99+' : format.number(count)}</span>
      <span className="visually-hidden">{t.list.unread(count)}</span>
    </span>
  );
}

interface LastWordsProps {
  readonly summary: ConversationSummary | undefined;
  /** What the last message says. */
  readonly children: ReactNode;
}

/** A draft comes before what was said last. */
export function LastWords({ summary, children }: LastWordsProps) {
  const { t } = useSpeech();
  if (summary !== undefined && summary.draft.trim() !== '') {
    return (
      <span className="clip quiet">
        <span className="draft-mark">{t.list.draft}</span>
        <bdi>{summary.draft}</bdi>
      </span>
    );
  }
  return (
    <span className="clip quiet" data-unread={(summary?.unread ?? 0) > 0 || undefined}>
      {children}
    </span>
  );
}
