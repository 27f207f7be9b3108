/** Tells pages what they must know of groups: which they are in, and each change. */
import type { Database, Queries } from '../../db/client.ts';
import type { KeyNews } from '../keys/key-news.ts';
import type { GroupNews } from '../protocol/group-news.ts';
import type { Hub } from '../socket/hub.ts';
import * as store from './group-store.ts';
import type { Ties } from './ties.ts';

/** What came of a change: who is new, who is gone, and who is in it now. */
export interface Changed {
  readonly group: store.Members;
  readonly joinedIds: readonly string[];
  readonly leftIds: readonly string[];
}

export class GroupAnnouncer {
  constructor(
    private readonly db: Database,
    private readonly hub: Hub,
    private readonly ties: Ties,
    private readonly keyNews: KeyNews,
  ) {}

  /** For the welcome: the groups of somebody who connects, and who is in them. */
  async welcome(
    q: Queries,
    personId: string,
  ): Promise<{ news: GroupNews[]; groups: readonly store.Members[] }> {
    const memberships = await store.listMemberships(q, personId);
    const current = memberships.filter(({ leftRevision }) => leftRevision === null);
    const groups = await store.membersOf(
      q,
      current.map(({ groupId }) => groupId),
    );
    const left = memberships.flatMap(({ groupId, leftRevision }) =>
      leftRevision === null ? [] : [{ id: groupId, revision: leftRevision, left: true, missing: false }],
    );
    return { news: [...groups.map(newsOf), ...left], groups };
  }

  async changed({ group, joinedIds, leftIds }: Changed): Promise<void> {
    this.ties.changed(group);
    const { id, revision } = group;
    this.hub.send(group.memberIds, { type: 'group-changed', group: newsOf(group) });
    this.hub.send(leftIds, { type: 'group-changed', group: { id, revision, left: true, missing: false } });
    await this.keyNews.metIn(group.memberIds, joinedIds);
  }

  /** Accounts of members are gone. */
  lost(groups: readonly store.Members[]): void {
    for (const group of groups) {
      this.ties.changed(group);
      this.hub.send(group.memberIds, { type: 'group-changed', group: newsOf(group) });
    }
  }

  /** Who left before then may read the logs no more. */
  async sweep(before: number): Promise<void> {
    await this.db.query((q) => store.forgetLeft(q, before));
  }
}

const newsOf = ({ id, revision, missing }: store.Members): GroupNews => ({
  id,
  revision,
  left: false,
  missing,
});
