/** One message: what it answers, what it says, when, and how far it has come. */
import { RotateCw, Trash2 } from 'lucide-react';
import { memo } from 'react';
import type { Message } from '../../core/model.ts';
import { CallEntry } from '../call/call-entry.tsx';
import { FileCard } from '../files/file-card.tsx';
import { failureText } from '../i18n/failure.ts';
import { useSpeech } from '../i18n/index.ts';
import { type React, Reactions } from './reactions.tsx';
import { RichText } from './rich-text.tsx';
import type { Row } from './rows.ts';
import { Ticks } from './ticks.tsx';
import { useChatWords } from './words.ts';
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
  readonly friendName: string;
  readonly highlighted: boolean;
  readonly actions: BubbleActions;
}

export const Bubble = memo(function Bubble({ row, index, friendName, highlighted, actions }: BubbleProps) {
  const { t, format } = useSpeech();
  const words = useChatWords();
  const { message, first, last } = row;
  const mine = message.author === 'me';
  const who = mine ? t.common.you : friendName;
  return (
    <article
      className="message"
      data-author={message.author}
      data-first={first || undefined}
      data-last={last || undefined}
      data-highlighted={highlighted || undefined}
      data-row={index}
      tabIndex={-1}
      aria-label={words.saidBy(who, format.full(message.at))}
    >
      <div className="bubble" data-kind={message.body.kind}>
        {message.replyTo !== undefined && (
          <Quote reply={message.replyTo} friendName={friendName} onGo={actions.jumpTo} />
        )}
        <Body message={message} friendName={friendName} />
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
      <Reactions message={message} friendName={friendName} onReact={actions.react} />
      {message.state === 'failed' && <Failed message={message} onRetry={actions.retry} />}
    </article>
  );
});

function Body({ message, friendName }: { message: Message; friendName: string }) {
  if (message.body.kind === 'text') {
    return (
      <div className="bubble-text" dir="auto">
        <RichText text={message.body.text} />
      </div>
    );
  }
  if (message.body.kind === 'deleted') return <Deleted message={message} friendName={friendName} />;
  if (message.body.kind === 'group') return null;
  if (message.body.kind === 'call') return <CallEntry message={message} call={message.body.call} />;
  return <FileCard message={message} friendName={friendName} />;
}

function Deleted({ message, friendName }: { message: Message; friendName: string }) {
  const words = useChatWords();
  return (
    <p className="bubble-deleted">
      <Trash2 size={14} aria-hidden="true" />
      {message.author === 'me' ? words.deletedByYou : words.deletedBy(friendName)}
    </p>
  );
}

/**
 * The time stands on the last of a group; the state wherever it is not yet what the group's last one says; that it was
 * edited wherever it was.
 */
function Meta({ row: { message, last } }: { row: Row }) {
  const { format } = useSpeech();
  const words = useChatWords();
  const mine = message.author === 'me';
  const ticked = mine && (message.body.kind === 'text' || message.body.kind === 'file');
  const waiting = ticked && (message.state === 'queued' || message.state === 'failed');
  const { edited } = message;
  if (!last && !waiting && edited === undefined) return null;
  return (
    <span className="bubble-meta">
      {edited !== undefined && (
        <time dateTime={new Date(edited).toISOString()} title={words.editedAt(format.full(edited))}>
          {words.edited}
        </time>
      )}
      {last && <time dateTime={new Date(message.at).toISOString()}>{format.time(message.at)}</time>}
      {ticked && (last || waiting) && <Ticks state={message.state} />}
    </span>
  );
}

interface QuoteProps {
  readonly reply: NonNullable<Message['replyTo']>;
  readonly friendName: string;
  readonly onGo: (messageId: string) => void;
}

function Quote({ reply, friendName, onGo }: QuoteProps) {
  const { t } = useSpeech();
  const words = useChatWords();
  return (
    <button type="button" className="quote" onClick={() => onGo(reply.id)} title={words.goToQuoted}>
      <bdi className="quote-who clip">{reply.author === 'me' ? t.common.you : friendName}</bdi>
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
