/** The popover of a FloatButton: placed, focused, and closed by Esc or a press elsewhere. */
import { Popover } from '@base-ui/react/popover';
import type { FloatButtonProps } from './float-button.tsx';
import { mainLandmark } from './landmark.ts';
import './float.css';

interface FloatPopoverProps extends FloatButtonProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

export function FloatPopover(props: FloatPopoverProps) {
  const { button, title, popup, popupClass = '', side = 'bottom', align = 'center' } = props;
  const { open, onOpenChange, openOnHover = false, onClosed } = props;
  return (
    <Popover.Root
      open={open}
      onOpenChange={onOpenChange}
      onOpenChangeComplete={(opened) => {
        if (!opened) onClosed?.();
      }}
    >
      <Popover.Trigger {...button} openOnHover={openOnHover} delay={250} />
      <Popover.Portal container={mainLandmark()}>
        <Popover.Positioner
          className="float-place"
          side={side}
          align={align}
          sideOffset={6}
          collisionPadding={8}
        >
          <Popover.Popup className={`float ${popupClass}`} {...(openOnHover ? { initialFocus: false } : {})}>
            <Popover.Title className="visually-hidden">{title}</Popover.Title>
            {popup(() => onOpenChange(false))}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
