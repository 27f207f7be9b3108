/** The messages of a conversation, however many: drawn in a window, held in place, followed when one is at the end. */
import {
  Fragment,
  type ReactElement,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import type { Conversation, Message, Result } from '../../core/model.ts';
import { useSpeech } from '../i18n/index.ts';
import { useSayFailure } from '../ui/toasts.tsx';
import { useMinutes } from '../ui/use-now.ts';
import { useValue } from '../use-value.ts';
import { Bubble, type BubbleActions } from './bubble.tsx';
import { EventLine } from './event-line.tsx';
import { HistoryPills } from './history-pills.tsx';
import { jumpDone, wantedJump } from './jump.ts';
import { LiveMessages } from './live-messages.tsx';
import { MessageMenu } from './message-menu.tsx';
import { usePartner } from './partner.ts';
import type { Row } from './rows.ts';
import { useHistoryKeys } from './use-history-keys.ts';
import { useHistoryScroll } from './use-history-scroll.ts';
import { useMessageMenu } from './use-message-menu.ts';
import { useRows } from './use-rows.ts';
import { useChatWords } from './words.ts';
import './history.css';

interface HistoryProps {
  readonly conversation: Conversation;
  /** Grows with every message sent here. */
  readonly sent: number;
  readonly onReply: (message: Message) => void;
  readonly onEdit: (message: Message) => void;
}

export function History({ conversation, sent, onReply, onEdit }: HistoryProps) {
  const words = useChatWords();
  const timeline = useValue(conversation.timeline);
  const { rows, shift, epoch } = useRows(conversation.timeline);
  const frame = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const start = useRef<HTMLDivElement>(null);
  const { name, group } = usePartner();
  const scroll = useHistoryScroll({ conversation, timeline, rows, epoch, sent, frame, list });
  const menu = useMessageMenu(rows);
  const onKeyDown = useHistoryKeys(frame, list, rows.length, menu.openAt);
  const actions = useBubbleActions(conversation, menu.openAt, scroll.jumpTo);
  const draw = useMemo(() => rowDrawer(scroll.highlighted, actions), [scroll.highlighted, actions]);
  useWantedJump(conversation.conversationId, timeline.loaded, scroll.jumpTo);
  const atStart = timeline.loaded && !timeline.hasEarlier;
  const [startHeight, setStartHeight] = useState(0);
  useLayoutEffect(() => setStartHeight(start.current?.offsetHeight ?? 0), [atStart, epoch, name]);

  return (
    <div className="history-frame">
      <p id="history-hint" hidden>
        {words.menuHint}
      </p>
      {/* The keys and presses are for the messages inside. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        key={epoch}
        ref={frame}
        className="history"
        role="group"
        aria-label={words.region(name)}
        aria-describedby="history-hint"
        // A scroller must take the focus, or the keyboard could not scroll it.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        onKeyDown={onKeyDown}
        {...menu.handlers}
      >
        <div className="history-space" />
        {atStart && (
          <div className="history-start" ref={start}>
            <p>{group === null ? words.start(name) : words.groupStart(name)}</p>
            <p className="quiet">
              {group === null ? words.startHint : group.public ? words.startPublic : words.startGroup}
            </p>
          </div>
        )}
        <Virtualizer
          ref={list}
          shift={shift}
          data={rows}
          bufferSize={600}
          startMargin={startHeight}
          onScroll={scroll.onScroll}
          onResize={scroll.onResize}
        >
          {draw}
        </Virtualizer>
      </div>
      {menu.target !== null && (
        <MessageMenu
          target={menu.target}
          open={menu.open}
          onClose={menu.close}
          conversation={conversation}
          onReply={onReply}
          onEdit={onEdit}
          onRetry={actions.retry}
          onReact={actions.react}
        />
      )}
      <HistoryPills {...scroll} />
      <LiveMessages messages={timeline.messages} hasLater={timeline.hasLater} />
    </div>
  );
}

/** Somebody chose a message elsewhere, perhaps before this history was there. */
function useWantedJump(
  conversationId: string,
  loaded: boolean,
  jumpTo: (messageId: string) => Promise<void>,
): void {
  const jump = useValue(wantedJump);
  useEffect(() => {
    if (!loaded || jump?.conversationId !== conversationId) return;
    jumpDone();
    void jumpTo(jump.messageId);
  }, [conversationId, loaded, jump, jumpTo]);
}

function Dividers({ row: { message, startsDay, startsUnread } }: { row: Row }) {
  const { format } = useSpeech();
  const words = useChatWords();
  const now = useMinutes();
  return (
    <>
      {startsDay && (
        <h3 className="day">
          <span>{format.day(message.at, now)}</span>
        </h3>
      )}
      {startsUnread && (
        <div className="unread-line" role="separator" aria-label={words.newMessages}>
          <span>{words.newMessages}</span>
        </div>
      )}
    </>
  );
}

/** What a row looks like, kept as long as nothing about it changes: then only what is new is drawn. */
function rowDrawer(
  highlighted: string | null,
  actions: BubbleActions,
): (row: Row, index: number) => ReactElement {
  const drawn = new WeakMap<Row, { readonly index: number; readonly element: ReactElement }>();
  return (row, index) => {
    const known = drawn.get(row);
    if (known?.index === index) return known.element;
    const element = (
      <Fragment key={row.message.id}>
        {(row.startsDay || row.startsUnread) && <Dividers row={row} />}
        {row.message.body.kind === 'group' ? (
          <EventLine message={row.message} event={row.message.body.event} index={index} />
        ) : (
          <Bubble row={row} index={index} highlighted={row.message.id === highlighted} actions={actions} />
        )}
      </Fragment>
    );
    drawn.set(row, { index, element });
    return element;
  };
}

/** The same object as long as nothing behind it changes, so that bubbles need not be drawn again. */
function useBubbleActions(
  conversation: Conversation,
  openMenu: BubbleActions['menu'],
  jumpTo: (messageId: string) => Promise<void>,
): BubbleActions {
  const sayFailure = useSayFailure();
  const done = useCallback(
    async (work: Promise<Result>) => {
      const result = await work;
      if (!result.ok) sayFailure(result.failure);
    },
    [sayFailure],
  );
  return useMemo(
    () => ({
      menu: openMenu,
      retry: (id) => void done(conversation.retry(id)),
      jumpTo: (id) => void jumpTo(id),
      react: (id, emoji, on) => void done(conversation.react(id, emoji, on)),
    }),
    [openMenu, done, conversation, jumpTo],
  );
}
