/** A button with a menu, which is loaded at its first use. */
import { lazy, type ReactNode, Suspense, useRef, useState } from 'react';
import { IconButton } from './button.tsx';
import type { MenuEntry } from './menu-popup.tsx';

export const LazyMenuPopup = lazy(() =>
  import('./menu-popup.tsx').then((module) => ({ default: module.MenuPopup })),
);

interface MenuButtonProps {
  readonly label: string;
  readonly icon: ReactNode;
  readonly entries: readonly MenuEntry[];
  readonly disabled?: boolean;
}

export function MenuButton({ label, icon, entries, disabled = false }: MenuButtonProps) {
  const button = useRef<HTMLButtonElement>(null);
  const [anchor, setAnchor] = useState<Element | null>(null);
  const [used, setUsed] = useState(false);
  // A press on the button while its menu is open closes the menu first; the click must not open it again.
  const wasOpen = useRef(false);
  return (
    <>
      <IconButton
        ref={button}
        label={label}
        icon={icon}
        disabled={disabled}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onPointerDown={() => (wasOpen.current = anchor !== null)}
        onClick={(event) => {
          setUsed(true);
          setAnchor(wasOpen.current && event.detail > 0 ? null : button.current);
        }}
      />
      <Suspense fallback={null}>
        {used && (
          <LazyMenuPopup
            anchor={anchor}
            entries={entries}
            onClose={() => setAnchor(null)}
            returnTo={() => button.current}
          />
        )}
      </Suspense>
    </>
  );
}
