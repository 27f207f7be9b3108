/** What both have put under a message; a press adds one's own or takes it away. */
import type { Author, Message } from '../../core/model.ts';
import type { Format } from '../i18n/format.ts';
import { useSpeech } from '../i18n/index.ts';
import { type Partner, usePartner } from './partner.ts';
import { useChatWords } from './words.ts';
import type { ChatWords } from './words-en.ts';
import './reactions.css';

export type React = (messageId: string, emoji: string, on: boolean) => void;

interface ReactionsProps {
  readonly message: Message;
  readonly reactions: NonNullable<Message['reactions']>;
  readonly onReact: React;
}

export function Reactions({ message, reactions, onReact }: ReactionsProps) {
  const { format } = useSpeech();
  const words = useChatWords();
  const partner = usePartner();
  return (
    <ul className="reactions">
      {reactions.map(({ emoji, by }) => {
        const mine = by.includes('me');
        const count = by.length > 1 ? format.number(by.length) : '';
        // Begins with what is seen, so that it can be said to a computer that listens.
        const label = words.reactedBy(`${emoji} ${count}`.trim(), whoOf(by, partner, format, words));
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

function whoOf(
  by: readonly Author[],
  { group, name, nameOf }: Partner,
  format: Format,
  words: ChatWords,
): string {
  if (group === null && by.length > 1) return words.youAnd(name);
  return format.list(by.map(nameOf));
}
