/** Opens the emoji picker, which is loaded at its first use. */
import { Smile } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { FloatButton } from '../ui/float-button.tsx';
import { useChatWords } from './words.ts';

const EmojiPanel = lazy(() => import('./emoji-panel.tsx').then((module) => ({ default: module.EmojiPanel })));

interface EmojiButtonProps {
  readonly onPick: (emoji: string) => void;
  /** Puts the caret back where it was. */
  readonly onClosed: () => void;
}

export function EmojiButton({ onPick, onClosed }: EmojiButtonProps) {
  const words = useChatWords();
  return (
    <FloatButton
      side="top"
      align="start"
      button={{
        className: 'icon-button',
        'aria-label': words.emoji,
        'data-tip': words.emoji,
        children: <Smile size={20} />,
      }}
      title={words.emojiPicker.title}
      onClosed={onClosed}
      popup={(close) => (
        <Suspense fallback={<div className="emoji-panel" aria-busy="true" />}>
          <EmojiPanel
            onPick={(emoji) => {
              onPick(emoji);
              close();
            }}
          />
        </Suspense>
      )}
    />
  );
}
