/** One's own picture: small, in a corner, to be dragged out of the way. */
import { type CSSProperties, type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import { Picture } from './picture.tsx';
import { useCallWords } from './words.ts';

const STEP = 24;
const KEYS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

interface OwnPictureProps {
  readonly stream: MediaStream;
  /** A camera shows one as a mirror would; a screen must stay readable. */
  readonly mirrored: boolean;
}

export function OwnPicture({ stream, mirrored }: OwnPictureProps) {
  const words = useCallWords();
  const frame = useRef<HTMLDivElement>(null);
  const [shift, setShift] = useState({ x: 0, y: 0 });
  const held = useRef<{ readonly x: number; readonly y: number } | null>(null);

  /** Stays within the room, wherever it is pulled. */
  const moveBy = (dx: number, dy: number) => {
    const own = frame.current?.getBoundingClientRect();
    const room = frame.current?.parentElement?.getBoundingClientRect();
    if (!own || !room) return;
    const within = (delta: number, low: number, high: number) => Math.min(Math.max(delta, low), high);
    setShift(({ x, y }) => ({
      x: x + within(dx, room.left - own.left, room.right - own.right),
      y: y + within(dy, room.top - own.top, room.bottom - own.bottom),
    }));
  };
  const down = (event: PointerEvent) => {
    held.current = { x: event.clientX, y: event.clientY };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent) => {
    if (!held.current) return;
    moveBy(event.clientX - held.current.x, event.clientY - held.current.y);
    held.current = { x: event.clientX, y: event.clientY };
  };
  const key = (event: KeyboardEvent) => {
    const step = KEYS[event.key];
    if (!step) return;
    event.preventDefault();
    moveBy(...step);
  };
  const place: CSSProperties = { translate: `${shift.x}px ${shift.y}px` };
  return (
    // It can be moved by keyboard as well, so it takes the focus.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={frame}
      className="own-picture"
      role="group"
      aria-label={words.ownPicture}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      style={place}
      data-mirrored={mirrored || undefined}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={() => (held.current = null)}
      onPointerCancel={() => (held.current = null)}
      onKeyDown={key}
    >
      <Picture stream={stream} label={words.ownPicture} className="own-picture-video" own />
    </div>
  );
}
