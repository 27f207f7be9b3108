/** One message: what it answers, what it says, when, and how far it has come. */
import { RotateCw, Trash2 } from 'lucide-react';
import { memo } from 'react';
import { memberIdOf, type Message } from '../../core/model.ts';
import { CallEntry } from '../call/call-entry.tsx';
import { FileCard } from '../files/file-card.tsx';
import { failureText } from '../i18n/failure.ts';
import { useSpeech } from '../i18n/index.ts';
import { type React, Reactions } from './reactions.tsx';
import { RichText } from './rich-text.tsx';
import type { Row } from './rows.ts';
import { Ticks } from './ticks.tsx';
import { useChatWords } from './words.ts';
import { usePartner } from './partner.ts';
import { SenderFace, SenderName } from './sender.tsx';
import './bubble.css';

export interface BubbleActions {
  /** Opens the menu of a message at a point of the screen. */
  readonly menu: (element: HTMLElement) => void;
  readonly retry: (messageId: string) => void;
  readonly jumpTo: (messageId: string) => void;
  readonly react: React;
}

interface BubbleProps {
  readonly row: Row;
  readonly index: number;
  readonly highlighted: boolean;
  readonly actions: BubbleActions;
}

export const Bubble = memo(function Bubble({ row, index, highlighted, actions }: BubbleProps) {
  const { format } = useSpeech();
  const words = useChatWords();
  const { group, meId, nameOf } = usePartner();
  const { message, first, last } = row;
  const mine = message.author === 'me';
  const sender = mine ? null : memberIdOf(message.author);
  const who = nameOf(message.author);
  return (
    <article
      className="message"
      data-author={mine ? 'me' : 'friend'}
      data-grouped={group !== null || undefined}
      data-mentions-me={mentions(message, meId) || undefined}
      data-first={first || undefined}
      data-last={last || undefined}
      data-highlighted={highlighted || undefined}
      data-row={index}
      tabIndex={-1}
      aria-label={words.saidBy(who, format.full(message.at))}
    >
      {sender !== null && first && <SenderFace id={sender} name={who} />}
      <div className="bubble" data-kind={message.body.kind}>
        {sender !== null && first && <SenderName id={sender} name={who} />}
        {message.replyTo !== undefined && <Quote reply={message.replyTo} onGo={actions.jumpTo} />}
        <Body message={message} />
        <Meta row={row} />
      </div>
      {message.body.kind !== 'deleted' && (
        <button
          type="button"
          className="message-more"
          tabIndex={-1}
          aria-label={words.messageMenu}
          onClick={(event) => actions.menu(event.currentTarget)}
        />
      )}
      {message.reactions !== undefined && (
        <Reactions message={message} reactions={message.reactions} onReact={actions.react} />
      )}
      {message.state === 'failed' && <Failed message={message} onRetry={actions.retry} />}
    </article>
  );
});

function mentions({ author, body }: Message, meId: string): boolean {
  return (
    author !== 'me' && body.kind === 'text' && (body.mentions ?? []).some(({ memberId }) => memberId === meId)
  );
}

const Body = memo(function Body({ message }: { message: Message }) {
  const { name, nameOf } = usePartner();
  if (message.body.kind === 'text') {
    return (
      <div className="bubble-text" dir="auto">
        <RichText text={message.body.text} mentions={message.body.mentions} />
      </div>
    );
  }
  if (message.body.kind === 'deleted') return <Deleted message={message} />;
  if (message.body.kind === 'group') return null;
  if (message.body.kind === 'call') return <CallEntry message={message} call={message.body.call} />;
  return <FileCard message={message} friendName={message.author === 'me' ? name : nameOf(message.author)} />;
});

function Deleted({ message }: { message: Message }) {
  const { nameOf } = usePartner();
  const words = useChatWords();
  return (
    <p className="bubble-deleted">
      <Trash2 size={14} aria-hidden="true" />
      {message.author === 'me' ? words.deletedByYou : words.deletedBy(nameOf(message.author))}
    </p>
  );
}

/**
 * The time stands on the last of a group; the state wherever it is not yet what the group's last one says; that it was
 * edited wherever it was. Hidden otherwise, which costs far less than taking it out of the page when the next one comes.
 */
function Meta({ row: { message, last } }: { row: Row }) {
  const { format } = useSpeech();
  const words = useChatWords();
  const mine = message.author === 'me';
  const ticked = mine && (message.body.kind === 'text' || message.body.kind === 'file');
  const waiting = ticked && (message.state === 'queued' || message.state === 'failed');
  const { edited } = message;
  return (
    <span className="bubble-meta" hidden={!last && !waiting && edited === undefined}>
      {edited !== undefined && (
        <time dateTime={new Date(edited).toISOString()} title={words.editedAt(format.full(edited))}>
          {words.edited}
        </time>
      )}
      <time dateTime={new Date(message.at).toISOString()} hidden={!last}>
        {format.time(message.at)}
      </time>
      {ticked && (last || waiting) && <Ticks state={message.state} />}
    </span>
  );
}

interface QuoteProps {
  readonly reply: NonNullable<Message['replyTo']>;
  readonly onGo: (messageId: string) => void;
}

function Quote({ reply, onGo }: QuoteProps) {
  const { nameOf } = usePartner();
  const { t } = useSpeech();
  const words = useChatWords();
  return (
    <button type="button" className="quote" onClick={() => onGo(reply.id)} title={words.goToQuoted}>
      <bdi className="quote-who clip">{nameOf(reply.author)}</bdi>
      <bdi className="clip">{reply.excerpt ?? t.chat.deleted}</bdi>
      <span className="visually-hidden">{words.goToQuoted}</span>
    </button>
  );
}

function Failed({ message, onRetry }: { message: Message; onRetry: (id: string) => void }) {
  const { t, format } = useSpeech();
  const words = useChatWords();
  return (
    <p className="message-failed">
      {message.failure === undefined ? words.state.failed : failureText(message.failure, t, format)}{' '}
      <button type="button" className="text-button" onClick={() => onRetry(message.id)}>
        <RotateCw size={13} aria-hidden="true" /> {words.retry}
      </button>
    </p>
  );
}
