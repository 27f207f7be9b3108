/** What the server says of groups on the socket; apart from groups.ts, since the page needs it before anything else. */
import * as v from 'valibot';
import { groupIdSchema, idSchema } from './common.ts';

/**
 * A group that one is in, or was in up to this revision (`left`). `missing`: accounts of members are deleted, which is
 * to be recorded (`gone` in the log).
 */
const groupNewsSchema = v.object({
  id: groupIdSchema,
  revision: v.number(),
  left: v.boolean(),
  missing: v.boolean(),
});
export type GroupNews = v.InferOutput<typeof groupNewsSchema>;

/** Part of `welcome`. A group that is not here any more was left long ago. */
export const groupNewsListSchema = v.array(groupNewsSchema);

/** The log of a group is longer, one is new in it, in it no more, or somebody's account is gone. */
export const groupChanged = v.object({ type: v.literal('group-changed'), group: groupNewsSchema });

/**
 * Part of `welcome`: by id of a person who is a member of a group with oneself and no contact, the devices of theirs
 * that can be reached now. Members of public rooms alone do not reach each other.
 */
export const reachableSchema = v.record(idSchema, v.array(idSchema));

/** Of these such people, whole; an empty list: none, and not reachable any more. */
export const memberDevices = v.object({ type: v.literal('member-devices'), people: reachableSchema });
