/** One friend in the list: who, whether they are there, what was said last, and how it would go to them. */
import { type MouseEvent, type PointerEvent, memo, useRef } from 'react';
import type { Contact } from '../../../signaling/protocol/http.ts';
import type { ConversationSummary, PathState, Trust } from '../../core/model.ts';
import { previewOf } from '../chat/preview.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { Line } from '../network/line.tsx';
import { formatRoute, openChat } from '../route.ts';
import { TrustMark } from '../security/trust-mark.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { nameOf, presenceText } from './people.ts';

interface FriendRowProps {
  readonly friend: Contact;
  readonly summary: ConversationSummary | undefined;
  readonly path: PathState['path'] | undefined;
  readonly trust: Trust | undefined;
  readonly selected: boolean;
  /** The one row that Tab reaches. */
  readonly reachable: boolean;
  readonly index: number;
  readonly now: number;
}

/** Half a frame: nobody sees it, and the offer is on its way. */
const HEAD_START = 8;
const HANDING_OVER = 2_000;

export const FriendRow = memo(function FriendRow(props: FriendRowProps) {
  const { friend, summary, path, trust, selected, reachable, index, now } = props;
  const { t, format } = useSpeech();
  const messenger = useMessenger();
  const name = nameOf(friend);
  const unread = summary?.unread ?? 0;
  const pressed = useRef(false);
  // Once the page has changed, the conversation holds the link itself.
  const startLink = (): void => {
    const release = messenger.holdLink(friend.id);
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
    if (underWay) return openChat(friend.id);
    // The link takes its first step, for which the page would otherwise be too busy with changing.
    startLink();
    setTimeout(() => openChat(friend.id), HEAD_START);
  };
  return (
    <a
      className="friend-row"
      href={formatRoute({ screen: 'chat', friendId: friend.id, side: 'none' })}
      onPointerDown={press}
      onClick={open}
      tabIndex={reachable ? 0 : -1}
      data-index={index}
      aria-current={selected ? 'page' : undefined}
    >
      <Avatar id={friend.id} name={name} presence={friend.presence.state} />
      <span className="friend-row-text">
        <span className="friend-row-top">
          <bdi className="friend-row-name clip">{name}</bdi>
          <TrustMark trust={trust} />
          <span className="visually-hidden">, {presenceText(friend, t, format, now)}, </span>
          {path !== undefined && path !== 'idle' && (
            <span className="friend-row-line" data-path={path} title={t.path.word[path]}>
              <Line path={path} small />
              <span className="visually-hidden">{t.path.word[path]}</span>
            </span>
          )}
          {summary?.last && <time className="friend-row-time">{format.short(summary.last.at, now)}</time>}
        </span>
        <span className="friend-row-bottom">
          <LastWords friend={friend} summary={summary} />
          {unread > 0 && (
            <span className="badge">
              <span aria-hidden="true">{unread > 99 ? '99+' : format.number(unread)}</span>
              <span className="visually-hidden">{t.list.unread(unread)}</span>
            </span>
          )}
        </span>
      </span>
    </a>
  );
});

/** With a key held a link is opened in the browser's own way: in another tab or window. */
const isForBrowser = (event: MouseEvent): boolean => event.metaKey || event.ctrlKey || event.shiftKey;

function LastWords({ friend, summary }: Pick<FriendRowProps, 'friend' | 'summary'>) {
  const { t } = useSpeech();
  if (summary !== undefined && summary.draft.trim() !== '') {
    return (
      <span className="clip quiet">
        <span className="draft-mark">{t.list.draft}</span> <bdi>{summary.draft}</bdi>
      </span>
    );
  }
  const last = summary?.last ?? null;
  if (last === null)
    return <bdi className="clip quiet">{friend.presence.statusText || t.list.noMessages}</bdi>;
  return (
    <span className="clip quiet" data-unread={(summary?.unread ?? 0) > 0 || undefined}>
      {last.author === 'me' && `${t.list.you} `}
      <bdi>{previewOf(last, t)}</bdi>
    </span>
  );
}
