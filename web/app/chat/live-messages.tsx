/** Reads a friend's new messages, and what they change, out to screen readers as it happens; draws nothing. */
import { useEffect, useRef, useState } from 'react';
import type { Message } from '../../core/model.ts';
import { type Speech, useSpeech } from '../i18n/index.ts';
import { type ChangeNews, newsBetween } from './change-news.ts';
import { lineOf, type Partner, usePartner } from './partner.ts';
import { useChatWords } from './words.ts';
import type { ChatWords } from './words-en.ts';

interface LiveMessagesProps {
  readonly messages: readonly Message[];
  readonly hasLater: boolean;
}

export function LiveMessages({ messages, hasLater }: LiveMessagesProps) {
  const speech = useSpeech();
  const { t } = speech;
  const words = useChatWords();
  const partner = usePartner();
  const [said, setSaid] = useState('');
  const newest = messages.at(-1);
  const known = useRef(newest?.id ?? '');
  useEffect(() => {
    // An older part of the history, or what was there from the start, is no news.
    if (newest === undefined || hasLater || newest.id <= known.current) return;
    const first = known.current === '';
    known.current = newest.id;
    if (first || newest.author === 'me') return;
    const line = lineOf(newest, partner, speech);
    const event = newest.body.kind === 'group';
    setSaid(event ? line : t.chat.said(partner.nameOf(newest.author), line));
  }, [newest, hasLater, partner, t, speech]);
  const shown = useRef(messages);
  useEffect(() => {
    const news = newsBetween(shown.current, messages);
    shown.current = messages;
    if (news !== null) setSaid(changeText(news, partner, speech, words));
  }, [messages, partner, speech, words]);
  return (
    <div className="visually-hidden" aria-live="polite">
      {said}
    </div>
  );
}

function changeText(news: ChangeNews, partner: Partner, speech: Speech, words: ChatWords): string {
  const text = lineOf(news.message, partner, speech);
  const who = partner.nameOf(news.by);
  if (news.did === 'react') return words.nowReacted(who, news.emoji, text);
  return news.did === 'edit' ? words.nowEdited(who, text) : words.deletedBy(who);
}
