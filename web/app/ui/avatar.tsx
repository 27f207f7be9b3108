/** A person: the first sign of the name on a colour of their own, with a dot for presence. A group: its picture, or the same with corners. */
import { UsersRound } from 'lucide-react';
import { type CSSProperties, memo } from 'react';
import type { ChosenPresence, ShownPresence } from '../../../signaling/protocol/common.ts';
import type { Group } from '../../core/model.ts';
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

interface GroupFaceProps {
  readonly group: Pick<Group, 'id' | 'name' | 'picture'>;
  readonly size?: AvatarProps['size'];
}

export const GroupFace = memo(function GroupFace({ group, size = 'middle' }: GroupFaceProps) {
  const { id, name, picture } = group;
  const style: CSSProperties = { ['--face-hue' as string]: hueOf(id) };
  return (
    <span className={`avatar avatar-${size} avatar-group`} aria-hidden="true">
      <span className="avatar-face" style={style}>
        {picture === null ? (
          initialOf(name) || <UsersRound size="55%" />
        ) : (
          <img src={picture} alt="" draggable={false} />
        )}
      </span>
    </span>
  );
});
