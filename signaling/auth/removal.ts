/** The end of people: of everything in the database, of their sockets, and in the lists of those who knew them. */
import type { Database } from '../../db/client.ts';
import type { PushChange } from '../contacts/contact-service.ts';
import { tracesOf } from '../contacts/contact-store.ts';
import type { GroupAnnouncer } from '../groups/group-announcer.ts';
import { deleteEmptyOf, groupsWith, membersOf } from '../groups/group-store.ts';
import type { Ties } from '../groups/ties.ts';
import type { PresenceRoster } from '../presence/roster.ts';
import { CLOSE } from '../protocol/socket.ts';
import type { Hub } from '../socket/hub.ts';
import * as store from './auth-store.ts';
import type { PeopleRemover } from './auth-service.ts';

export class Removal implements PeopleRemover {
  constructor(
    private readonly db: Database,
    private readonly hub: Hub,
    private readonly roster: PresenceRoster,
    private readonly ties: Pick<Ties, 'leave'>,
    private readonly groups: Pick<GroupAnnouncer, 'lost'>,
    private readonly push: PushChange,
  ) {}

  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const { traces, groups } = await this.db.transaction(async (q) => {
      const found = await tracesOf(q, ids);
      const groupIds = await groupsWith(q, ids);
      await store.deletePeople(q, ids);
      await deleteEmptyOf(q, groupIds);
      return { traces: found, groups: await membersOf(q, groupIds) };
    });
    for (const id of ids) {
      for (const connection of this.hub.of(id)) connection.close(CLOSE.signedOut);
      this.roster.forget(id);
    }
    this.groups.lost(groups);
    for (const id of ids) this.ties.leave(id);
    for (const { holderId, goneId } of traces.contacts) {
      this.roster.part(holderId, goneId);
      this.push(holderId, { kind: 'contact-removed', userId: goneId });
    }
    for (const { holderId, goneId } of traces.incoming) {
      this.push(holderId, { kind: 'incoming-removed', userId: goneId });
    }
    for (const { holderId, goneId } of traces.blocked) {
      this.push(holderId, { kind: 'blocked-removed', userId: goneId });
    }
  }
}
