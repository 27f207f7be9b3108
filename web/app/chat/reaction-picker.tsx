/** All emoji, to react to one message with; open from the moment that it is drawn. */
import { Popover } from '@base-ui/react/popover';
import { useState } from 'react';
import { focusBack } from '../ui/focus-back.ts';
import { mainLandmark } from '../ui/landmark.ts';
import '../ui/float.css';
import { EmojiPanel } from './emoji-panel.tsx';
import { useChatWords } from './words.ts';

interface ReactionPickerProps {
  /** The message's own element, which has the focus afterwards. */
  readonly element: HTMLElement | null;
  readonly onPick: (emoji: string) => void;
  readonly onClosed: () => void;
}

export function ReactionPicker({ element, onPick, onClosed }: ReactionPickerProps) {
  const words = useChatWords();
  const [open, setOpen] = useState(true);
  return (
    <Popover.Root
      open={open}
      onOpenChange={setOpen}
      onOpenChangeComplete={(opened) => {
        if (!opened) onClosed();
      }}
    >
      <Popover.Portal container={mainLandmark()}>
        <Popover.Positioner
          className="float-place"
          anchor={element?.querySelector('.bubble') ?? element}
          side="top"
          sideOffset={6}
          collisionPadding={8}
        >
          <Popover.Popup className="float" finalFocus={() => focusBack(element)}>
            <Popover.Title className="visually-hidden">{words.react}</Popover.Title>
            <EmojiPanel
              onPick={(emoji) => {
                onPick(emoji);
                setOpen(false);
              }}
            />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
