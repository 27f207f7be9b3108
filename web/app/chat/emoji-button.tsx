/** Opens the emoji picker, which is loaded at its first use. */
import { Smile } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { useSpeech } from '../i18n/index.ts';
import { FloatButton } from '../ui/float-button.tsx';

const EmojiPanel = lazy(() => import('./emoji-panel.tsx').then((module) => ({ default: module.EmojiPanel })));

interface EmojiButtonProps {
  readonly onPick: (emoji: string) => void;
  /** Puts the caret back where it was. */
  readonly onClosed: () => void;
}

export function EmojiButton({ onPick, onClosed }: EmojiButtonProps) {
  const { t } = useSpeech();
  return (
    <FloatButton
      side="top"
      align="start"
      button={{
        className: 'icon-button',
        'aria-label': t.chat.emoji,
        'data-tip': t.chat.emoji,
        children: <Smile size={20} />,
      }}
      title={t.emoji.title}
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
