/** A text as a code that cameras read. */
import { useMemo } from 'react';
import encodeQR from 'qr';
import './qr-code.css';

export function QrCode({ text, label }: { text: string; label: string }) {
  const code = useMemo(() => encodeQR(text, 'raw', { ecc: 'medium', border: 2 }), [text]);
  const path = code.flatMap((line, y) => line.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return (
    <svg
      className="qr"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${code.length} ${code.length}`}
      shapeRendering="crispEdges"
    >
      <path d={path} />
    </svg>
  );
}
