/** One tooltip for the whole page: shows the `data-tip` of what the mouse rests on or the keyboard has reached. */
import { Tooltip } from '@base-ui/react/tooltip';
import { useEffect, useState } from 'react';
import { mainLandmark } from './landmark.ts';

const REST_MS = 500;

export function TooltipLayer() {
  const target = useTipTarget();
  const text = target?.dataset['tip'] ?? '';
  return (
    <Tooltip.Root open={target !== null} disableHoverablePopup>
      <Tooltip.Portal container={target?.closest<HTMLElement>('.dialog') ?? mainLandmark()}>
        <Tooltip.Positioner anchor={target} sideOffset={6} collisionPadding={8} className="tooltip-place">
          <Tooltip.Popup className="tooltip">{text}</Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

/** What has opened its popup needs no name any more. */
const tipOf = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>('[data-tip]:not([aria-expanded=true])') : null;

function useTipTarget(): HTMLElement | null {
  const [target, setTarget] = useState<HTMLElement | null>(null);
  useEffect(() => {
    const ends = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hide = (): void => {
      clearTimeout(timer);
      setTarget(null);
    };
    const listen = <K extends keyof DocumentEventMap>(
      name: K,
      run: (event: DocumentEventMap[K]) => void,
    ): void => document.addEventListener(name, run, { signal: ends.signal, capture: true, passive: true });
    listen('pointerover', (event) => {
      const next = event.pointerType === 'mouse' ? tipOf(event.target) : null;
      clearTimeout(timer);
      if (next === null) return setTarget(null);
      timer = setTimeout(() => setTarget(next.isConnected ? tipOf(next) : null), REST_MS);
    });
    listen('focusin', ({ target: focused }) => {
      const next = tipOf(focused);
      if (next?.matches(':focus-visible') === true) setTarget(next);
      else hide();
    });
    listen('focusout', hide);
    listen('pointerdown', hide);
    listen('scroll', hide);
    listen('keydown', (event) => {
      if (event.key !== 'Tab') hide();
    });
    return () => {
      clearTimeout(timer);
      ends.abort();
    };
  }, []);
  return target;
}
