/** What can be done with a message: by right click, long press, the menu key, Enter, or the button beside it. */
import { Copy, Link2, Reply, RotateCw, Trash2 } from 'lucide-react';
import { Suspense } from 'react';
import type { Conversation, Message } from '../../core/model.ts';
import type { Messages } from '../i18n/en.ts';
import { useSpeech } from '../i18n/index.ts';
import { copyText } from '../ui/copy-text.ts';
import { LazyMenuPopup } from '../ui/menu-button.tsx';
import type { MenuAnchor, MenuEntry } from '../ui/menu-popup.tsx';
import { say, useSayFailure } from '../ui/toasts.tsx';
import { linkify } from './linkify.ts';

export interface MenuTarget {
  readonly message: Message;
  readonly anchor: MenuAnchor;
  /** The message's own element, which has the focus afterwards. */
  readonly element: HTMLElement | null;
}

interface MessageMenuProps {
  /** The last one asked for; it stays while the menu closes. */
  readonly target: MenuTarget | null;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly conversation: Conversation;
  readonly onReply: (message: Message) => void;
  readonly onRetry: (messageId: string) => void;
}

/** One menu for the whole history: a thousand bubbles would be a thousand menus. */
export function MessageMenu({ target, open, onClose, conversation, onReply, onRetry }: MessageMenuProps) {
  const { t } = useSpeech();
  const sayFailure = useSayFailure();
  if (target === null) return null;
  const { message, anchor, element } = target;
  const discard = async () => {
    const result = await conversation.discard(message.id);
    if (result.ok) say({ text: t.chat.discarded });
    else sayFailure(result.failure);
  };
  const entries = entriesFor(message, t, {
    reply: () => onReply(message),
    copy: (what) => void copyText(what).then((done) => done && say({ text: t.common.copied })),
    retry: () => onRetry(message.id),
    discard: () => void discard(),
  });
  return (
    <Suspense fallback={null}>
      <LazyMenuPopup
        anchor={open ? anchor : null}
        entries={entries}
        onClose={onClose}
        returnTo={() => element}
      />
    </Suspense>
  );
}

interface MessageActions {
  readonly reply: () => void;
  readonly copy: (text: string) => void;
  readonly retry: () => void;
  readonly discard: () => void;
}

function textOf({ body }: Message, t: Messages): string {
  if (body.kind === 'call') return t.call.entry(body.call.kind);
  if (body.kind === 'deleted') return t.chat.deleted;
  return body.kind === 'text' ? body.text : body.file.name;
}

function entriesFor(message: Message, t: Messages, actions: MessageActions): MenuEntry[] {
  const text = textOf(message, t);
  const link = linkify(text).find((piece) => piece.kind === 'link');
  const waiting = message.author === 'me' && (message.state === 'failed' || message.state === 'queued');
  const entries: MenuEntry[] = [
    { label: t.chat.reply, icon: <Reply size={16} />, run: actions.reply, movesFocus: true },
    { label: t.chat.copyText, icon: <Copy size={16} />, run: () => actions.copy(text) },
  ];
  if (link?.kind === 'link') {
    entries.push({ label: t.chat.copyLink, icon: <Link2 size={16} />, run: () => actions.copy(link.href) });
  }
  if (message.state === 'failed') {
    entries.push({ label: t.chat.retry, icon: <RotateCw size={16} />, run: actions.retry });
  }
  if (waiting) {
    entries.push({ label: t.chat.discard, icon: <Trash2 size={16} />, run: actions.discard, danger: true });
  }
  return entries;
}
