/** Routes of groups and public rooms. */
import * as v from 'valibot';
import { route, type Route } from '../http/route.ts';
import { ok, refuse } from '../outcome.ts';
import { groupIdSchema } from '../protocol/common.ts';
import * as groups from '../protocol/groups.ts';
import { LIMITS } from '../protocol/limits.ts';
import type { GroupService } from './group-service.ts';
import type { RoomService } from './room-service.ts';

/** Each change is kept, and told to all members. */
const FOUND_RATE = { burst: 20, perSecond: 1 / 60 };
const CHANGE_RATE = { burst: 60, perSecond: 1 / 2 };
/** Looking for what one was given no link to, or no name of. */
const LOOK_RATE = { burst: 30, perSecond: 1 / 5 };
/** As somebody types. */
const LIST_RATE = { burst: 40, perSecond: 1 };

const bodyBytes = LIMITS.groupRequestBytes;

/** What is no group's id is answered like a group that is not there. */
const idOf = (params: Readonly<Record<string, string>>): string | null =>
  v.is(groupIdSchema, params['id']) ? params['id'] : null;

const REVISION = /^\d{1,9}$/;

export function groupRoutes(service: GroupService, rooms: RoomService): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/groups',
      summary: 'Founds a group',
      access: 'account',
      status: 201,
      body: groups.groupAppendSchema,
      bodyBytes,
      answer: groups.groupAppendedSchema,
      rate: FOUND_RATE,
      handle: ({ me, body }) => service.found(me, body),
    }),
    route({
      method: 'GET',
      path: '/api/groups/:id',
      summary: 'What a group is called, sealed, and the people in it',
      access: 'account',
      answer: groups.groupSchema,
      handle: async ({ me, params }) => {
        const id = idOf(params);
        return id === null ? refuse('not-found') : service.read(me, id);
      },
    }),
    route({
      method: 'GET',
      path: '/api/groups/:id/log/:after',
      summary: 'The signed changes of a group after a revision',
      access: 'account',
      answer: groups.groupLogSchema,
      handle: async ({ me, params }) => {
        const [id, after] = [idOf(params), params['after'] ?? ''];
        return id === null || !REVISION.test(after)
          ? refuse('not-found')
          : service.readLog(me, id, Number(after));
      },
    }),
    route({
      method: 'POST',
      path: '/api/groups/:id/log',
      summary: 'Changes a group, or joins it',
      access: 'account',
      body: groups.groupAppendSchema,
      bodyBytes,
      answer: groups.groupAppendedSchema,
      rate: CHANGE_RATE,
      handle: async ({ me, params, body }) => {
        const id = idOf(params);
        return id === null ? refuse('not-found') : service.append(me, id, body);
      },
    }),
    route({
      method: 'POST',
      path: '/api/groups/:id/look',
      summary: 'What a group is, for who holds its invite link',
      access: 'account',
      body: groups.groupLookSchema,
      answer: groups.groupLookAnswerSchema,
      rate: LOOK_RATE,
      handle: async ({ me, params, body }) => {
        const id = idOf(params);
        return id === null ? refuse('not-found') : service.look(me, id, body.proof);
      },
    }),
    route({
      method: 'POST',
      path: '/api/rooms/list',
      summary: 'Public rooms, all or by a part of the name',
      access: 'account',
      body: groups.roomListSchema,
      answer: groups.roomsSchema,
      rate: LIST_RATE,
      handle: async ({ me, body }) => ok(await rooms.list(me, body.part)),
    }),
    route({
      method: 'POST',
      path: '/api/rooms/find',
      summary: 'A public room by its name',
      access: 'account',
      body: groups.roomFindSchema,
      answer: groups.roomSchema,
      rate: LOOK_RATE,
      handle: ({ body }) => rooms.find(body.name),
    }),
  ];
}
