/** The edge between list and conversation: dragged, or moved with the arrow keys; the width is remembered. */
import { type KeyboardEvent, type PointerEvent, useEffect, useState } from 'react';

const NARROWEST = 280;
const WIDEST = 360;
const STEP = 10;
const KEY = 'holler-list-width';

const within = (width: number): number => Math.min(WIDEST, Math.max(NARROWEST, Math.round(width)));

function remembered(): number {
  try {
    return within(Number(localStorage.getItem(KEY) ?? 320));
  } catch {
    return 320;
  }
}

export function Splitter({ label }: { label: string }) {
  const [width, setWidth] = useState(remembered);
  useEffect(() => {
    document.documentElement.style.setProperty('--list-width', `${width}px`);
    try {
      localStorage.setItem(KEY, String(width));
    } catch {
      // Not remembered then; nothing else depends on it.
    }
  }, [width]);
  const rtl = (): number => (document.dir === 'rtl' ? -1 : 1);
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    const start = event.clientX - rtl() * width;
    const edge = event.currentTarget;
    edge.setPointerCapture(event.pointerId);
    const move = (moved: globalThis.PointerEvent) => setWidth(within(rtl() * (moved.clientX - start)));
    edge.addEventListener('pointermove', move);
    edge.addEventListener('lostpointercapture', () => edge.removeEventListener('pointermove', move), {
      once: true,
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: STEP, ArrowLeft: -STEP }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    setWidth((current) => within(current + rtl() * step));
  };
  return (
    // A separator that takes the focus is a control by its role (ARIA: window splitter).
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className="splitter"
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={NARROWEST}
      aria-valuemax={WIDEST}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
    />
  );
}
