/** What can be done with a message: by right click, long press, the menu key, Enter, or the button beside it. */
import { CheckCheck, Copy, Link2, Pencil, Reply, RotateCw, SmilePlus, Trash2 } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { Conversation, Message } from '../../core/model.ts';
import { type Speech, useSpeech } from '../i18n/index.ts';
import { copyText } from '../ui/copy-text.ts';
import { LazyMenuPopup } from '../ui/menu-button.tsx';
import type { MenuAnchor, MenuChoice, MenuEntry } from '../ui/menu-popup.tsx';
import { say, useSayFailure } from '../ui/toasts.tsx';
import { isEditable } from './editable.ts';
import { linkify } from './linkify.ts';
import { lineOf, type Partner, usePartner } from './partner.ts';
import type { React } from './reactions.tsx';
import { useChatWords } from './words.ts';
import type { ChatWords } from './words-en.ts';

export interface MenuTarget {
  readonly message: Message;
  readonly anchor: MenuAnchor;
  /** The message's own element, which has the focus afterwards. */
  readonly element: HTMLElement | null;
}

interface MessageMenuProps {
  /** The last one asked for; it stays while the menu closes. */
  readonly target: MenuTarget;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly conversation: Conversation;
  readonly onReply: (message: Message) => void;
  readonly onEdit: (message: Message) => void;
  readonly onRetry: (messageId: string) => void;
  readonly onReact: React;
}

const ReactionPicker = lazy(() =>
  import('./reaction-picker.tsx').then((module) => ({ default: module.ReactionPicker })),
);
const Readers = lazy(() => import('../groups/readers.tsx').then((module) => ({ default: module.Readers })));
const DeleteMessage = lazy(() =>
  import('./delete-message.tsx').then((module) => ({ default: module.DeleteMessage })),
);

/** What everybody has at hand; all others are behind the last of the row. */
const QUICK = ['👍', '❤️', '😂', '😮', '😢', '🙏'];

/** One menu for the whole history: a thousand bubbles would be a thousand menus. */
export function MessageMenu(props: MessageMenuProps) {
  const { target, open, onClose, conversation, onReply, onEdit, onRetry, onReact } = props;
  const speech = useSpeech();
  const { t } = speech;
  const words = useChatWords();
  const partner = usePartner();
  const sayFailure = useSayFailure();
  const [reading, setReading] = useState<MenuTarget | null>(null);
  const [picking, setPicking] = useState<MenuTarget | null>(null);
  const [deleting, setDeleting] = useState<MenuTarget | null>(null);
  const { message, anchor, element } = target;
  const discard = async () => {
    const result = await conversation.discard(message.id);
    if (result.ok) say({ text: words.discarded });
    else sayFailure(result.failure);
  };
  const entries = entriesFor(message, partner, speech, words, {
    reply: () => onReply(message),
    copy: (what) => void copyText(what).then((done) => done && say({ text: t.common.copied })),
    edit: () => onEdit(message),
    retry: () => onRetry(message.id),
    discard: () => void discard(),
    remove: () => setDeleting(target),
    readers: () => setReading(target),
  });
  const choices = choicesFor(message, words, onReact, () => setPicking(target));
  return (
    <Suspense fallback={null}>
      <LazyMenuPopup
        anchor={open ? anchor : null}
        choices={choices}
        entries={entries}
        onClose={onClose}
        returnTo={() => element}
      />
      {picking !== null && (
        <ReactionPicker
          element={picking.element}
          onPick={(emoji) => onReact(picking.message.id, emoji, true)}
          onClosed={() => setPicking(null)}
        />
      )}
      {reading !== null && (
        <Readers
          message={reading.message}
          conversation={conversation}
          returnTo={() => reading.element}
          onClosed={() => setReading(null)}
        />
      )}
      {deleting !== null && (
        <DeleteMessage
          message={deleting.message}
          conversation={conversation}
          returnTo={() => deleting.element}
          onClosed={() => setDeleting(null)}
        />
      )}
    </Suspense>
  );
}

interface MessageActions {
  readonly reply: () => void;
  readonly copy: (text: string) => void;
  readonly edit: () => void;
  readonly retry: () => void;
  readonly discard: () => void;
  readonly remove: () => void;
  readonly readers: () => void;
}

/** The quick emoji, and the way to all others; a call or a failed message takes none. */
function choicesFor(message: Message, words: ChatWords, onReact: React, onMore: () => void): MenuChoice[] {
  const { kind } = message.body;
  if (kind === 'call' || kind === 'group' || message.state === 'failed') return [];
  const own = (message.reactions ?? []).filter(({ by }) => by.includes('me')).map(({ emoji }) => emoji);
  const quick = QUICK.map((emoji): MenuChoice => {
    const chosen = own.includes(emoji);
    const run = () => onReact(message.id, emoji, !chosen);
    return { label: words.reactWith(emoji), face: emoji, chosen, run };
  });
  return [...quick, { label: words.moreEmoji, face: <SmilePlus size={18} />, run: onMore, movesFocus: true }];
}

/** What is copied. */
function textOf(message: Message, partner: Partner, speech: Speech): string {
  const { body } = message;
  if (body.kind === 'text') return body.text;
  return body.kind === 'file' ? body.file.name : lineOf(message, partner, speech);
}

function entriesFor(
  message: Message,
  partner: Partner,
  speech: Speech,
  words: ChatWords,
  actions: MessageActions,
): MenuEntry[] {
  const text = textOf(message, partner, speech);
  const link = linkify(text).find((piece) => piece.kind === 'link');
  const waiting = message.author === 'me' && (message.state === 'failed' || message.state === 'queued');
  const entries: MenuEntry[] = [
    { label: words.reply, icon: <Reply size={16} />, run: actions.reply, movesFocus: true },
    { label: words.copyText, icon: <Copy size={16} />, run: () => actions.copy(text) },
  ];
  if (link?.kind === 'link') {
    entries.push({ label: words.copyLink, icon: <Link2 size={16} />, run: () => actions.copy(link.href) });
  }
  if (isEditable(message)) {
    entries.push({ label: words.edit, icon: <Pencil size={16} />, run: actions.edit, movesFocus: true });
  }
  if (message.state === 'failed') {
    entries.push({ label: words.retry, icon: <RotateCw size={16} />, run: actions.retry });
  }
  if (partner.group !== null && !waiting) {
    entries.push({
      label: words.readers,
      icon: <CheckCheck size={16} />,
      run: actions.readers,
      movesFocus: true,
    });
  }
  const icon = <Trash2 size={16} />;
  if (waiting) {
    entries.push({ label: words.discard, icon, run: actions.discard, danger: true });
  } else if (message.author === 'me' && message.body.kind !== 'call') {
    entries.push({
      label: partner.group === null ? words.remove : words.removeForAll,
      icon,
      run: actions.remove,
      danger: true,
      movesFocus: true,
    });
  }
  return entries;
}
