/** Keys that work anywhere on the page. */
import { useEffect, useRef } from 'react';

/** The newest `run` hears every key, without a new listener for each drawing. */
function useKeyDown(run: (event: KeyboardEvent) => void): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => latest.current(event);
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}

/** A key with Ctrl, or with Command on a Mac. */
export function useShortcut(key: string, run: () => void): void {
  useKeyDown((event) => {
    const held = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (!held || event.key.toLowerCase() !== key || event.isComposing) return;
    event.preventDefault();
    run();
  });
}

/** Esc leaves, unless something on top of the page takes it or a field is being filled. */
export function useEscape(leave: () => void): void {
  useKeyDown((event) => {
    const typing = event.target instanceof HTMLInputElement || event.isComposing;
    const onTop = document.querySelector('[role=dialog], [role=alertdialog], [role=menu]') !== null;
    if (event.key === 'Escape' && !event.defaultPrevented && !typing && !onTop) leave();
  });
}
