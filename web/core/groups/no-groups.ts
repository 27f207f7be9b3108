/** Groups where nobody is signed in: there are none, and nothing can be done. */
import type { Group, GroupsApi } from '../model.ts';
import { fail } from '../result.ts';
import { cell } from '../value.ts';

const refuse = () => Promise.resolve(fail('unavailable'));

export function noGroups(): GroupsApi {
  return {
    all: cell<ReadonlyMap<string, Group>>(new Map()),
    create: refuse,
    add: refuse,
    remove: refuse,
    leave: refuse,
    setRole: refuse,
    handOver: refuse,
    setInfo: refuse,
    openLink: refuse,
    closeLink: refuse,
    lookLink: refuse,
    joinByLink: refuse,
    findRoom: refuse,
    joinRoom: refuse,
    openRoom: refuse,
    mute: refuse,
    dissolve: refuse,
  };
}
