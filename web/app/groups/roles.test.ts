import { describe, expect, it } from 'vitest';
import { type GroupState, problemOf } from '../../../signaling/protocol/group-log.ts';
import type { GroupRole } from '../../core/model.ts';
import { actionsOn, byRole, type MemberAction } from './roles.ts';

const ROLES = ['owner', 'admin', 'member'] as const;

/** Whether the rules that server and members follow would allow it. */
function allowed(by: GroupRole, on: GroupRole, action: MemberAction): boolean {
  const state: GroupState = {
    id: 'g-0000000000000000000000',
    revision: 1,
    head: '',
    members: [
      { id: 'by', role: by, since: 1 },
      { id: 'on', role: on, since: 1 },
    ],
    removed: [],
    info: '',
    link: null,
    room: null,
    dissolved: false,
  };
  if (action === 'remove') return problemOf(state, 'by', { kind: 'remove', memberIds: ['on'] }) === null;
  const role = action === 'hand-over' ? 'owner' : action;
  return problemOf(state, 'by', { kind: 'role', memberId: 'on', role }) === null;
}

describe('the menu of a member', () => {
  it.each(ROLES.flatMap((by) => ROLES.map((on) => [by, on] as const)))(
    'offers the %s of a group, for its %s, just what the rules allow',
    (by, on) => {
      const every: MemberAction[] = ['admin', 'member', 'hand-over', 'remove'];
      const possible = by === 'owner' && on === 'owner' ? [] : every.filter((each) => allowed(by, on, each));
      expect(actionsOn(by, on).toSorted()).toEqual(possible.toSorted());
    },
  );

  it('offers nothing to who has left', () => {
    expect(actionsOn(null, 'member')).toEqual([]);
  });

  it('stands beside the owner first, then the admins', () => {
    const members = (['member', 'admin', 'owner', 'member'] as const).map((role, index) => ({
      id: String(index),
      userName: null,
      displayName: '',
      role,
    }));
    expect(byRole(members).map(({ id }) => id)).toEqual(['2', '1', '0', '3']);
  });
});
