/** A text as a code that cameras read. */
import { useMemo } from 'react';
import { encode } from 'uqr';
import './qr-code.css';

export function QrCode({ text, label }: { text: string; label: string }) {
  const code = useMemo(() => encode(text, { ecc: 'M', border: 2 }), [text]);
  const path = code.data
    .flatMap((line, y) => line.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return (
    <svg
      className="qr"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${code.size} ${code.size}`}
      shapeRendering="crispEdges"
    >
      <path d={path} />
    </svg>
  );
}
