/** Public rooms: groups that are found by name, where the host allows them. */
import type { Database } from '../../db/client.ts';
import { ok, refuse, type Outcome } from '../outcome.ts';
import type { Room, Rooms } from '../protocol/groups.ts';
import type { Me } from '../protocol/http.ts';
import { LIMITS } from '../protocol/limits.ts';
import { normalName, parseUserName } from '../protocol/user-name.ts';
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

  /** `typed`: a part of the name, or nothing for all. */
  async list(me: Me, typed: string): Promise<Rooms> {
    if (!this.policy.areOpen) return { rooms: [], more: false, mayOpen: false };
    const part = normalName(typed);
    const rows = await this.db.query((q) => listRooms(q, part, LIMITS.roomsListed + 1));
    const rooms = rows.slice(0, LIMITS.roomsListed).flatMap(shown);
    return { rooms, more: rows.length > LIMITS.roomsListed, mayOpen: this.policy.mayOpen(me) };
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
