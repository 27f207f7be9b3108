/** Seven emoji, large, each with its name to say aloud. */
import type { Verification } from '../../core/model.ts';
import { useSpeech } from '../i18n/index.ts';
import { emojiName } from './emoji-names.ts';

interface EmojiTableProps {
  readonly emoji: Extract<Verification['phase'], { at: 'comparing' }>['emoji'];
}

export function EmojiTable({ emoji }: EmojiTableProps) {
  const { language } = useSpeech();
  return (
    <ol className="emoji-table">
      {emoji.map(({ symbol, index }, place) => (
        // The same emoji may come twice, and the order is fixed.
        // oxlint-disable-next-line react/no-array-index-key
        <li key={place} className="emoji-cell">
          <span className="emoji-symbol" aria-hidden="true">
            {symbol}
          </span>
          <span>{emojiName(index, language)}</span>
        </li>
      ))}
    </ol>
  );
}
