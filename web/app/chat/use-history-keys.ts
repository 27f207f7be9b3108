/** Arrow keys walk from message to message; Enter opens the menu of the one in focus. */
import { type KeyboardEvent, type RefObject, useCallback } from 'react';
import type { VirtualizerHandle } from 'virtua';

export function useHistoryKeys(
  frame: RefObject<HTMLDivElement | null>,
  handle: RefObject<VirtualizerHandle | null>,
  count: number,
  openMenu: (element: HTMLElement) => void,
): (event: KeyboardEvent) => void {
  return useCallback(
    (event) => {
      const target = event.target as HTMLElement;
      const current = target.dataset['row'];
      if (event.key === 'Enter' && current !== undefined) {
        event.preventDefault();
        return openMenu(target);
      }
      if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
      if (current === undefined && target !== frame.current) return;
      event.preventDefault();
      const step = event.key === 'ArrowUp' ? -1 : 1;
      const next = current === undefined ? count - 1 : Number(current) + step;
      if (next < 0 || next >= count) return;
      handle.current?.scrollToIndex(next, { align: 'nearest' });
      // The row may have to be drawn first.
      requestAnimationFrame(() =>
        frame.current?.querySelector<HTMLElement>(`[data-row="${next}"]`)?.focus({ preventScroll: true }),
      );
    },
    [frame, handle, count, openMenu],
  );
}
