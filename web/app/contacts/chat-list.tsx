/** Friends and groups, latest conversation first; any number of them, moved through with the arrow keys. */
import { type KeyboardEvent, lazy, Suspense, useEffect, useRef, useState } from 'react';
import type { VirtualizerHandle } from 'virtua';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { useMinutes } from '../ui/use-now.ts';
import { useValue } from '../use-value.ts';
import { FriendRow } from './friend-row.tsx';
import { GroupRow } from './group-row.tsx';
import type { Chat } from './people.ts';

/** Draws only what is seen of a long list; not needed for a short one, nor for the first paint of a long one. */
const VirtualList = lazy(() =>
  import('virtua').then(({ Virtualizer }): { default: typeof Virtualizer<Chat> } => ({
    default: Virtualizer,
  })),
);

/** As many rows as fill any screen. */
const SHORT = 40;

interface ChatListProps {
  readonly chats: readonly Chat[];
  readonly selectedId: string | null;
}

export function ChatList({ chats, selectedId }: ChatListProps) {
  const { t } = useSpeech();
  const messenger = useMessenger();
  const conversations = useValue(messenger.conversations);
  const paths = useValue(messenger.paths);
  const trust = useValue(messenger.security.trust);
  const now = useMinutes();
  const { active, frame, handle, onKeyDown, onFocus } = useRoving(chats, selectedId);
  const draw = (chat: Chat, index: number) => {
    const { id } = chat;
    const place = { selected: id === selectedId, reachable: index === active, index, now };
    const summary = conversations.get(id);
    if (chat.kind === 'group') return <GroupRow key={id} group={chat.group} summary={summary} {...place} />;
    const path = paths.get(id)?.path;
    return (
      <FriendRow
        key={id}
        friend={chat.friend}
        summary={summary}
        path={path}
        trust={trust.get(id)}
        {...place}
      />
    );
  };
  const plain = (
    <ul aria-label={t.list.title}>
      {chats.slice(0, SHORT).map((chat, index) => (
        <li key={chat.id}>{draw(chat, index)}</li>
      ))}
    </ul>
  );
  return (
    // The keys move focus between the links inside; the element itself is no control.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div className="friend-list" ref={frame} onKeyDown={onKeyDown} onFocus={onFocus}>
      {chats.length <= SHORT ? (
        plain
      ) : (
        <Suspense fallback={plain}>
          <VirtualList
            ref={handle}
            as="ul"
            item="li"
            keepMounted={[active]}
            data={chats}
            aria-label={t.list.title}
          >
            {draw}
          </VirtualList>
        </Suspense>
      )}
    </div>
  );
}

const STEPS: Record<string, (index: number, last: number) => number> = {
  ArrowDown: (index, last) => Math.min(last, index + 1),
  ArrowUp: (index) => Math.max(0, index - 1),
  Home: () => 0,
  End: (_, last) => last,
};

/** One row is in the order of Tab; the arrow keys, Home and End move it. */
function useRoving(chats: readonly Chat[], selectedId: string | null) {
  const frame = useRef<HTMLDivElement>(null);
  const handle = useRef<VirtualizerHandle>(null);
  const [focused, setFocused] = useState<number | null>(null);
  const [moved, setMoved] = useState(0);
  const selected = Math.max(
    0,
    chats.findIndex(({ id }) => id === selectedId),
  );
  const active = Math.max(0, Math.min(focused ?? selected, chats.length - 1));

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = step(active, chats.length - 1);
    handle.current?.scrollToIndex(next, { align: 'nearest' });
    setFocused(next);
    setMoved((count) => count + 1);
  };
  const onFocus = (event: { target: EventTarget }): void => {
    const index = event.target instanceof HTMLElement ? Number(event.target.dataset['index']) : Number.NaN;
    if (Number.isInteger(index)) setFocused(index);
  };
  // `moved` and not `active` alone: only a key moves the focus, never a message that sorts the list anew.
  useEffect(() => {
    const row = frame.current?.querySelector<HTMLElement>(`[data-index="${active}"]`);
    if (moved === 0 || !row) return;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest' });
    // oxlint-disable-next-line react/exhaustive-deps
  }, [moved]);
  return { active, frame, handle, onKeyDown, onFocus };
}
