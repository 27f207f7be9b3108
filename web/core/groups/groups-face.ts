/** The page's face of groups: what the leading tab says, and what the person asks of it. */
import type { Group, GroupsApi, Result } from '../model.ts';
import { DONE, fail, ok } from '../result.ts';
import type { Value } from '../value.ts';
import type { GroupAsk } from './group-ask.ts';

export function createGroupsFace(
  all: Value<ReadonlyMap<string, Group>>,
  ask: (ask: GroupAsk) => Promise<Result<string | null>>,
): GroupsApi {
  const done = async (asked: GroupAsk): Promise<Result> => {
    const result = await ask(asked);
    return result.ok ? DONE : result;
  };
  const text = async (asked: GroupAsk): Promise<Result<string>> => {
    const result = await ask(asked);
    if (!result.ok) return result;
    return result.value === null ? fail('internal') : ok(result.value);
  };
  /** Of our own making, in another tab at most. */
  const parsed = async <T>(asked: GroupAsk): Promise<Result<T>> => {
    const result = await text(asked);
    return result.ok ? ok(JSON.parse(result.value) as T) : result;
  };

  return {
    all,
    create: (info, memberIds) => text({ act: 'create', info, memberIds }),
    add: (groupId, memberIds) => done({ act: 'add', groupId, memberIds }),
    remove: (groupId, memberId) => done({ act: 'remove', groupId, memberId }),
    leave: (groupId) => done({ act: 'leave', groupId }),
    setRole: (groupId, memberId, role) => done({ act: 'role', groupId, memberId, role }),
    handOver: (groupId, memberId) => done({ act: 'role', groupId, memberId, role: 'owner' }),
    setInfo: (groupId, info) => done({ act: 'info', groupId, info }),
    openLink: (groupId) => text({ act: 'open-link', groupId }),
    closeLink: (groupId) => done({ act: 'close-link', groupId }),
    lookLink: (code) => parsed({ act: 'look-link', code }),
    joinByLink: (code) => text({ act: 'join-link', code }),
    listRooms: (part) => parsed({ act: 'list-rooms', part }),
    joinRoom: (name) => text({ act: 'join-room', name }),
    openRoom: (name, topic) => text({ act: 'open-room', name, topic }),
    mute: (groupId, muted) => done({ act: 'mute', groupId, muted }),
    recheck: (groupId) => done({ act: 'recheck', groupId }),
    overrule: (groupId) => done({ act: 'overrule', groupId }),
    dissolve: (groupId) => done({ act: 'dissolve', groupId }),
  };
}
