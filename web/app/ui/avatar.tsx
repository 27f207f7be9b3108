/** A person without a picture: the first sign of the name on a colour of their own, with a dot for presence. */
import { type CSSProperties, memo } from 'react';
import type { ChosenPresence, ShownPresence } from '../../../signaling/protocol/common.ts';
import { hueOf, initialOf } from './face.ts';
import './avatar.css';

interface AvatarProps {
  readonly id: string;
  readonly name: string;
  readonly size?: 'small' | 'middle' | 'large';
  readonly presence?: ShownPresence | ChosenPresence;
}

/** Says nothing to a screen reader: the name and presence stand beside it in words. */
export const Avatar = memo(function Avatar({ id, name, size = 'middle', presence }: AvatarProps) {
  const style: CSSProperties = { ['--face-hue' as string]: hueOf(id) };
  return (
    <span className={`avatar avatar-${size}`} aria-hidden="true">
      <span className="avatar-face" style={style}>
        {initialOf(name)}
      </span>
      {presence !== undefined && <span className={`presence-dot presence-${presence}`} />}
    </span>
  );
});
