/** The line: the way between two people, drawn as it is. */
import { Mail } from 'lucide-react';
import type { PathState } from '../../core/model.ts';
import './line.css';

/** Fills the width that it is given. The word for it is the business of whoever shows it. */
export function Line({ path, small = false }: { path: PathState['path']; small?: boolean }) {
  return (
    <span className={`line line-${path} ${small ? 'line-small' : ''}`} aria-hidden="true">
      {/* A new key draws the line anew whenever the way changes. */}
      <svg key={path} className="line-svg" width="100%" height="8" preserveAspectRatio="none">
        <line
          className="line-stroke"
          x1="2"
          y1="4"
          x2="100%"
          y2="4"
          pathLength={path === 'connecting' ? 100 : undefined}
        />
      </svg>
      {path === 'mailbox' && <Mail className="line-envelope" size={small ? 11 : 15} strokeWidth={2} />}
    </span>
  );
}
