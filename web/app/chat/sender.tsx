/** Who wrote, in a group: a face beside the first bubble of several, the name within it. */
import type { CSSProperties } from 'react';
import { Avatar } from '../ui/avatar.tsx';
import { hueOf } from '../ui/face.ts';
import './sender.css';

interface SenderProps {
  readonly id: string;
  readonly name: string;
}

export function SenderFace({ id, name }: SenderProps) {
  return (
    <span className="sender-face">
      <Avatar id={id} name={name} size="small" />
    </span>
  );
}

export function SenderName({ id, name }: SenderProps) {
  const style: CSSProperties = { ['--face-hue' as string]: hueOf(id) };
  return (
    <span className="sender-name clip" style={style}>
      <bdi>{name}</bdi>
    </span>
  );
}
