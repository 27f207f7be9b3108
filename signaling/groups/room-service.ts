/** Public rooms: groups that are found by name, where the host allows them. */
import type { Database } from '../../db/client.ts';
import { ok, refuse, type Outcome } from '../outcome.ts';
import type { Room } from '../protocol/groups.ts';
import type { Me } from '../protocol/http.ts';
import { LIMITS } from '../protocol/limits.ts';
import { parseUserName } from '../protocol/user-name.ts';
import { findRoom, listRooms, type RoomRow } from './group-store.ts';

/** `ownerNames`: of those who may open one; nobody: there are none, and those that were are closed to newcomers. */
export class RoomPolicy {
  constructor(private readonly ownerNames: ReadonlySet<string>) {}

  get areOpen(): boolean {
    return this.ownerNames.size > 0;
  }

  mayOpen({ userName }: Me): boolean {
    return userName !== null && this.ownerNames.has(userName);
  }
}

export class RoomService {
  constructor(
    private readonly db: Database,
    private readonly policy: RoomPolicy,
  ) {}

  async list(me: Me): Promise<{ rooms: Room[]; mayOpen: boolean }> {
    if (!this.policy.areOpen) return { rooms: [], mayOpen: false };
    const rows = await this.db.query((q) => listRooms(q, LIMITS.roomsListed));
    return { rooms: rows.flatMap(shown), mayOpen: this.policy.mayOpen(me) };
  }

  async find(typedName: string): Promise<Outcome<Room>> {
    const name = parseUserName(typedName);
    if (!name.ok || !this.policy.areOpen) return refuse('not-found');
    const row = await this.db.query((q) => findRoom(q, name.skeleton));
    const [room] = row === null ? [] : shown(row);
    return room?.name === name.name ? ok(room) : refuse('not-found');
  }
}

function shown({ state, members }: RoomRow): Room[] {
  const { id, revision, head, room } = state;
  return room === null ? [] : [{ id, revision, head, members, ...room }];
}
