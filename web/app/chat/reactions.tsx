/** What both have put under a message; a press adds one's own or takes it away. */
import type { Author, Message } from '../../core/model.ts';
import type { Messages } from '../i18n/en.ts';
import { useSpeech } from '../i18n/index.ts';
import { useChatWords } from './words.ts';
import type { ChatWords } from './words-en.ts';
import './reactions.css';

export type React = (messageId: string, emoji: string, on: boolean) => void;

interface ReactionsProps {
  readonly message: Message;
  readonly friendName: string;
  readonly onReact: React;
}

export function Reactions({ message, friendName, onReact }: ReactionsProps) {
  const { t, format } = useSpeech();
  const words = useChatWords();
  if (message.reactions === undefined) return null;
  return (
    <ul className="reactions">
      {message.reactions.map(({ emoji, by }) => {
        const mine = by.includes('me');
        const count = by.length > 1 ? format.number(by.length) : '';
        // Begins with what is seen, so that it can be said to a computer that listens.
        const label = words.reactedBy(`${emoji} ${count}`.trim(), whoOf(by, friendName, t, words));
        return (
          <li key={emoji}>
            <button
              type="button"
              className="reaction"
              aria-pressed={mine}
              aria-label={label}
              data-tip={label}
              onClick={() => onReact(message.id, emoji, !mine)}
            >
              <span className="reaction-emoji">{emoji}</span>
              {count !== '' && <span>{count}</span>}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function whoOf(by: readonly Author[], friendName: string, t: Messages, words: ChatWords): string {
  if (by.length > 1) return words.youAnd(friendName);
  return by[0] === 'me' ? t.common.you : friendName;
}
