/** A menu at an element or a point of the screen. */
import { Menu } from '@base-ui/react/menu';
import { type ReactNode, useRef } from 'react';
import { mainLandmark } from './landmark.ts';
import './float.css';

export interface MenuEntry {
  readonly label: string;
  readonly icon: ReactNode;
  readonly run: () => void;
  readonly danger?: boolean;
  /** It sends the focus somewhere itself; closing the menu must not take it back. */
  readonly movesFocus?: boolean;
}

export type MenuAnchor = Element | { readonly getBoundingClientRect: () => DOMRect };

interface MenuPopupProps {
  /** Null while the menu is closed. */
  readonly anchor: MenuAnchor | null;
  readonly entries: readonly MenuEntry[];
  readonly onClose: () => void;
  /** What has the focus after the menu. */
  readonly returnTo: () => HTMLElement | null;
}

export function MenuPopup({ anchor, entries, onClose, returnTo }: MenuPopupProps) {
  const moved = useRef(false);
  const finalFocus = () => {
    const keep = moved.current;
    moved.current = false;
    return keep ? false : (returnTo() ?? true);
  };
  const choose = ({ run, movesFocus = false }: MenuEntry) => {
    moved.current = movesFocus;
    run();
  };
  return (
    <Menu.Root open={anchor !== null} onOpenChange={(open) => !open && onClose()} modal={false}>
      <Menu.Portal container={mainLandmark()}>
        <Menu.Positioner
          className="float-place"
          anchor={anchor}
          align="start"
          sideOffset={4}
          collisionPadding={8}
        >
          <Menu.Popup className="float menu" finalFocus={finalFocus}>
            {entries.map((entry) => (
              <Menu.Item
                key={entry.label}
                className={`menu-item ${entry.danger === true ? 'menu-danger' : ''}`}
                onClick={() => choose(entry)}
              >
                {entry.icon} {entry.label}
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
