/** All emoji by group, with a search in the page's language; names and tags come from our own origin. */
import { EmojiPicker } from 'frimousse';
import { useSpeech } from '../i18n/index.ts';
import { pointsByFinger } from '../ui/touch.ts';
import { useChatWords } from './words.ts';
import './emoji-panel.css';

export function EmojiPanel({ onPick }: { onPick: (emoji: string) => void }) {
  const { language } = useSpeech();
  const words = useChatWords();
  return (
    <EmojiPicker.Root
      className="emoji-panel"
      // Fingers need more room.
      columns={pointsByFinger() ? 8 : 9}
      locale={language === 'zh-CN' ? 'zh' : 'en'}
      emojibaseUrl="/emoji"
      onEmojiSelect={({ emoji }) => onPick(emoji)}
    >
      <div className="emoji-head">
        <EmojiPicker.Search
          className="emoji-search"
          placeholder={words.emojiPicker.search}
          aria-label={words.emojiPicker.search}
        />
        <EmojiPicker.SkinToneSelector
          className="icon-button emoji-skin"
          aria-label={words.emojiPicker.skin}
        />
      </div>
      <EmojiPicker.Viewport className="emoji-viewport">
        <EmojiPicker.Loading className="emoji-note quiet">{words.emojiPicker.loading}</EmojiPicker.Loading>
        <EmojiPicker.Empty className="emoji-note quiet">{words.emojiPicker.empty}</EmojiPicker.Empty>
        <EmojiPicker.List
          className="emoji-list"
          components={{
            CategoryHeader: ({ category, ...props }) => (
              <div {...props} className="emoji-category">
                {category.label}
              </div>
            ),
            Row: ({ children, ...props }) => (
              <div {...props} className="emoji-row">
                {children}
              </div>
            ),
            Emoji: ({ emoji, ...props }) => (
              <button {...props} type="button" className="emoji" data-active={emoji.isActive || undefined}>
                {emoji.emoji}
              </button>
            ),
          }}
        />
      </EmojiPicker.Viewport>
    </EmojiPicker.Root>
  );
}
