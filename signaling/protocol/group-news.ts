/** What the server says of groups on the socket; apart from groups.ts, since the page needs it before anything else. */
import * as v from 'valibot';
import { idSchema } from './common.ts';

/** A group that one is in; `left`: was in, up to this revision. */
const groupNewsSchema = v.object({ id: v.string(), revision: v.number(), left: v.boolean() });

/** Part of `welcome`. A group that is not here any more was left long ago. */
export const groupNewsListSchema = v.array(groupNewsSchema);

/** The log of a group is longer, one is new in it, or in it no more. */
export const groupChanged = v.object({ type: v.literal('group-changed'), group: groupNewsSchema });

/**
 * Part of `welcome`: by id of a person who is a member of a group with oneself and no contact, the devices of theirs
 * that can be reached now. Members of public rooms alone do not reach each other.
 */
export const reachableSchema = v.record(idSchema, v.array(idSchema));

/** Of one such person, whole; empty: none. */
export const memberDevices = v.object({
  type: v.literal('member-devices'),
  userId: idSchema,
  devices: v.array(idSchema),
});
