/** The server's groups (`/api/groups/*`, `/api/rooms*`), as they are asked. Answers were checked by their schemas. */
import type * as v from 'valibot';
import {
  groupAppendedSchema,
  groupLogSchema,
  groupLookAnswerSchema,
  groupSchema,
  roomSchema,
  roomsSchema,
} from '../../../signaling/protocol/groups.ts';
import type { GroupLog, GroupLook, Room, Rooms, SignedChange } from '../../../signaling/protocol/groups.ts';
import type { Result } from '../model.ts';
import type { Http } from '../signaling/http.ts';

type Change = SignedChange & { readonly info?: string };
/** As the server sees it. */
export type SeenGroup = v.InferOutput<typeof groupSchema>;
type Appended = v.InferOutput<typeof groupAppendedSchema>;

export interface GroupServer {
  found(change: Change): Promise<Result<Appended>>;
  append(groupId: string, change: Change): Promise<Result<Appended>>;
  group(groupId: string): Promise<Result<SeenGroup>>;
  log(groupId: string, after: number): Promise<Result<GroupLog>>;
  look(groupId: string, proof: string): Promise<Result<GroupLook>>;
  listRooms(part: string): Promise<Result<Rooms>>;
  findRoom(name: string): Promise<Result<Room>>;
}

export function createGroupServer(http: Http): GroupServer {
  const of = (groupId: string) => `/api/groups/${encodeURIComponent(groupId)}`;
  return {
    found: (change) => http.ask('POST', '/api/groups', groupAppendedSchema, change),
    append: (groupId, change) => http.ask('POST', `${of(groupId)}/log`, groupAppendedSchema, change),
    group: (groupId) => http.ask('GET', of(groupId), groupSchema),
    log: (groupId, after) => http.ask('GET', `${of(groupId)}/log/${after}`, groupLogSchema),
    look: (groupId, proof) => http.ask('POST', `${of(groupId)}/look`, groupLookAnswerSchema, { proof }),
    listRooms: (part) => http.ask('POST', '/api/rooms/list', roomsSchema, { part }),
    findRoom: (name) => http.ask('POST', '/api/rooms/find', roomSchema, { name }),
  };
}
