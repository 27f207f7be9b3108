/** What somebody may do with a member of a group, by the rules that server and members hold everybody to. Pure. */
import type { GroupMember, GroupRole } from '../../core/model.ts';

export type MemberAction = 'admin' | 'member' | 'hand-over' | 'remove';

export function actionsOn(myRole: GroupRole | null, role: GroupRole): MemberAction[] {
  if (role === 'owner') return [];
  if (myRole === 'owner') return [role === 'admin' ? 'member' : 'admin', 'hand-over', 'remove'];
  return myRole === 'admin' && role === 'member' ? ['remove'] : [];
}

const RANK: Record<GroupRole, number> = { owner: 0, admin: 1, member: 2 };

/** Those who lead first; otherwise in the order in which they came. */
export const byRole = (members: readonly GroupMember[]): GroupMember[] =>
  members.toSorted((a, b) => RANK[a.role] - RANK[b.role]);
