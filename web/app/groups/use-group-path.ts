/** The ways to everybody else in a group, as they are now. */
import { useMemo } from 'react';
import type { Group } from '../../core/model.ts';
import { useMeId } from '../contacts/people.ts';
import { useMessenger } from '../messenger-context.ts';
import { useValue } from '../use-value.ts';
import { type GroupPath, groupPath } from './group-path.ts';

export function useOthers(group: Group): readonly string[] {
  const meId = useMeId();
  return useMemo(() => group.members.map(({ id }) => id).filter((id) => id !== meId), [group.members, meId]);
}

export function useGroupPath(group: Group): GroupPath {
  const others = useOthers(group);
  const paths = useValue(useMessenger().paths);
  return useMemo(() => groupPath(others, paths, group.public), [others, paths, group.public]);
}
