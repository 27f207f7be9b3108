/** Whether the reader moves the history just now, as opposed to messages that come in and push it. */
import { type RefObject, useCallback, useEffect, useRef } from 'react';

/** What a wheel, a finger or a key sets going is on its way within this time. */
const RECENT_MS = 1000;

/** `epoch` names the element that `frame` holds, which is another one when the list starts over. */
export function useReaderMoves(frame: RefObject<HTMLElement | null>, epoch: number): () => boolean {
  const movedAt = useRef(-Infinity);
  useEffect(() => {
    const box = frame.current;
    if (box === null) return undefined;
    const listening = new AbortController();
    const options = { passive: true, signal: listening.signal };
    const moved = () => (movedAt.current = performance.now());
    for (const kind of ['wheel', 'touchmove', 'keydown', 'pointerdown']) {
      box.addEventListener(kind, moved, options);
    }
    // A scroll bar that is dragged, or a selection that is drawn beyond the edge.
    box.addEventListener('pointermove', ({ buttons }) => buttons !== 0 && moved(), options);
    return () => listening.abort();
  }, [frame, epoch]);
  return useCallback(() => performance.now() - movedAt.current < RECENT_MS, []);
}
