/** Which message's menu is open, and the ways to ask for it. */
import { type MouseEvent, type TouchEvent, useCallback, useEffect, useRef, useState } from 'react';
import type { MenuTarget } from './message-menu.tsx';
import type { Row } from './rows.ts';

const LONG_PRESS_MS = 500;
/** A finger that moves further than this scrolls. */
const PRESS_SLACK = 10;

interface MessageMenuState {
  readonly target: MenuTarget | null;
  readonly open: boolean;
  readonly close: () => void;
  /** Opens the menu of the message that this element belongs to, beside the element. */
  readonly openAt: (element: HTMLElement) => void;
  readonly handlers: {
    readonly onContextMenu: (event: MouseEvent) => void;
    readonly onTouchStart: (event: TouchEvent) => void;
    readonly onTouchMove: (event: TouchEvent) => void;
    readonly onTouchEnd: () => void;
  };
}

const pointAt = (x: number, y: number): MenuTarget['anchor'] => ({
  getBoundingClientRect: () => new DOMRect(x, y, 0, 0),
});

export function useMessageMenu(rows: readonly Row[]): MessageMenuState {
  const [target, setTarget] = useState<MenuTarget | null>(null);
  const [open, setOpen] = useState(false);
  const latestRows = useRef(rows);
  useEffect(() => {
    latestRows.current = rows;
  });

  const ask = useCallback((from: Element, anchor: MenuTarget['anchor']): boolean => {
    const element = from.closest<HTMLElement>('[data-row]');
    const message = latestRows.current[Number(element?.dataset['row'] ?? Number.NaN)]?.message;
    const kind = message?.body.kind;
    if (message === undefined || kind === 'deleted' || kind === 'group') return false;
    setTarget({ message, anchor, element });
    setOpen(true);
    return true;
  }, []);
  const openAt = useCallback(
    (element: HTMLElement) => void ask(element, element.querySelector('.bubble') ?? element),
    [ask],
  );
  const onContextMenu = (event: MouseEvent): void => {
    const from = event.target as Element;
    // On a link or a selection the browser's own menu is of more use.
    if (from.closest('a') !== null || getSelection()?.isCollapsed === false) return;
    if (ask(from, pointAt(event.clientX, event.clientY))) event.preventDefault();
  };
  const press = useLongPress((from, x, y) => void ask(from, pointAt(x, y)));
  return { target, open, close: () => setOpen(false), openAt, handlers: { onContextMenu, ...press } };
}

/** For browsers (iOS) in which a long press is no `contextmenu`. */
function useLongPress(onPress: (from: Element, x: number, y: number) => void) {
  const pressed = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | null>(null);
  const end = (): void => {
    if (pressed.current !== null) clearTimeout(pressed.current.timer);
    pressed.current = null;
  };
  return {
    onTouchStart: (event: TouchEvent) => {
      end();
      const touch = event.touches[0];
      if (touch === undefined || event.touches.length > 1) return;
      const { clientX: x, clientY: y } = touch;
      const from = event.target as Element;
      if (from.closest('a') !== null) return;
      pressed.current = { timer: setTimeout(() => onPress(from, x, y), LONG_PRESS_MS), x, y };
    },
    onTouchMove: (event: TouchEvent) => {
      const touch = event.touches[0];
      const start = pressed.current;
      if (touch === undefined || start === null) return;
      if (Math.hypot(touch.clientX - start.x, touch.clientY - start.y) > PRESS_SLACK) end();
    },
    onTouchEnd: end,
  };
}
