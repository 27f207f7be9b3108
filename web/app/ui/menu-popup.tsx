/** A menu at an element or a point of the screen. */
import { Menu } from '@base-ui/react/menu';
import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import { focusBack } from './focus-back.ts';
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

/** One of a row of small ones above the entries. */
export interface MenuChoice {
  readonly label: string;
  readonly face: ReactNode;
  readonly chosen?: boolean;
  readonly run: () => void;
  readonly movesFocus?: boolean;
}

export type MenuAnchor = Element | { readonly getBoundingClientRect: () => DOMRect };

interface MenuPopupProps {
  /** Null while the menu is closed. */
  readonly anchor: MenuAnchor | null;
  readonly choices?: readonly MenuChoice[];
  readonly entries: readonly MenuEntry[];
  readonly onClose: () => void;
  /** What has the focus after the menu. */
  readonly returnTo: () => HTMLElement | null;
}

export function MenuPopup({ anchor, choices = [], entries, onClose, returnTo }: MenuPopupProps) {
  const moved = useRef(false);
  const finalFocus = () => {
    const keep = moved.current;
    moved.current = false;
    return keep ? false : focusBack(returnTo());
  };
  const choose = ({ run, movesFocus = false }: MenuEntry | MenuChoice) => {
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
            {choices.length > 0 && (
              <Menu.Group className="menu-choices" onKeyDown={walkRow}>
                {choices.map((choice) => (
                  <Menu.CheckboxItem
                    key={choice.label}
                    className="menu-choice"
                    aria-label={choice.label}
                    checked={choice.chosen ?? false}
                    closeOnClick
                    onClick={() => choose(choice)}
                  >
                    {choice.face}
                  </Menu.CheckboxItem>
                ))}
              </Menu.Group>
            )}
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

/** In a row the keys to the sides go from one to the next, and down leaves it. */
function walkRow(event: KeyboardEvent<HTMLElement>): void {
  const row = event.currentTarget;
  const items = [...row.children];
  const at = items.indexOf(event.target as Element);
  const next =
    event.key === 'ArrowRight'
      ? items[at + 1]
      : event.key === 'ArrowLeft'
        ? items[at - 1]
        : event.key === 'ArrowDown'
          ? row.nextElementSibling
          : null;
  if (!(next instanceof HTMLElement)) return;
  event.preventDefault();
  event.stopPropagation();
  next.focus();
}
