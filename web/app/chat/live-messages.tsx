/** Reads a friend's new messages, and what they change, out to screen readers as it happens; draws nothing. */
import { useEffect, useRef, useState } from 'react';
import type { Message } from '../../core/model.ts';
import { useSpeech } from '../i18n/index.ts';
import type { Messages } from '../i18n/en.ts';
import { type ChangeNews, newsBetween } from './change-news.ts';
import { previewOf } from './preview.ts';
import { useChatWords } from './words.ts';
import type { ChatWords } from './words-en.ts';

interface LiveMessagesProps {
  readonly messages: readonly Message[];
  readonly hasLater: boolean;
  readonly friendName: string;
}

export function LiveMessages({ messages, hasLater, friendName }: LiveMessagesProps) {
  const { t } = useSpeech();
  const words = useChatWords();
  const [said, setSaid] = useState('');
  const newest = messages.at(-1);
  const known = useRef(newest?.id ?? '');
  useEffect(() => {
    // An older part of the history, or what was there from the start, is no news.
    if (newest === undefined || hasLater || newest.id <= known.current) return;
    const first = known.current === '';
    known.current = newest.id;
    if (!first && newest.author !== 'me') setSaid(t.chat.arrived(friendName, previewOf(newest, t)));
  }, [newest, hasLater, friendName, t]);
  const shown = useRef(messages);
  useEffect(() => {
    const news = newsBetween(shown.current, messages);
    shown.current = messages;
    if (news !== null) setSaid(changeText(news, friendName, t, words));
  }, [messages, friendName, t, words]);
  return (
    <div className="visually-hidden" aria-live="polite">
      {said}
    </div>
  );
}

function changeText(news: ChangeNews, friendName: string, t: Messages, words: ChatWords): string {
  const text = previewOf(news.message, t);
  if (news.did === 'react') return words.nowReacted(friendName, news.emoji, text);
  return news.did === 'edit' ? words.nowEdited(friendName, text) : words.deletedBy(friendName);
}
