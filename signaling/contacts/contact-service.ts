/** Contacts: asking, agreeing, declining, blocking. Whoever asks learns nothing until the other agrees. */
import type { Database, Queries } from '../../db/client.ts';
import { newId } from '../ids.ts';
import { done, ok, refuse, type Outcome } from '../outcome.ts';
import type { Contact, ContactList, ContactPatch, Me, OutgoingRequest } from '../protocol/http.ts';
import type { Presence } from '../protocol/common.ts';
import { LIMITS } from '../protocol/limits.ts';
import type { ListChange } from '../protocol/socket.ts';
import { parseUserName } from '../protocol/user-name.ts';
import type { LastSeen } from '../presence/last-seen.ts';
import type { PresenceRoster } from '../presence/roster.ts';
import * as store from './contact-store.ts';

/** Shows a change of somebody's list on all their devices. */
export type PushChange = (personId: string, change: ListChange) => void;

/** What concerns no list, but the two. */
export interface ContactEvents {
  met(a: string, b: string): Promise<void>;
  parted(a: string, b: string): void;
  blocked(ownerId: string, personId: string, isBlocked: boolean): void;
}

/** For so long a declined person's new requests are not shown. */
export const DECLINE_HOLDS_MS = 30 * 24 * 3_600_000;
/** Stands for the person who does not exist, so that the same questions are asked of the database. */
const NOBODY = 'nobody';

export interface ListRows {
  readonly contacts: store.ContactRow[];
  readonly incoming: (store.Asker & { requestedAt: number })[];
  readonly outgoing: store.RequestRow[];
  readonly blocked: store.Asker[];
}

interface Friendship {
  readonly since: number;
  readonly requests: readonly store.RequestRow[];
  readonly unblockedBy: readonly string[];
}

export class ContactService {
  constructor(
    private readonly db: Database,
    private readonly roster: PresenceRoster,
    private readonly seen: LastSeen,
    private readonly push: PushChange,
    private readonly events: ContactEvents,
    private readonly now: () => number,
  ) {}

  /** Everything in somebody's list, with the presence of this moment. */
  async list(me: Me): Promise<ContactList> {
    return this.listOf(await this.db.query((q) => this.rowsOf(q, me.id)));
  }

  async rowsOf(q: Queries, personId: string): Promise<ListRows> {
    return {
      contacts: await store.listContacts(q, personId),
      incoming: await store.listIncoming(q, personId),
      outgoing: await store.listOutgoing(q, personId),
      blocked: await store.listBlocked(q, personId),
    };
  }

  listOf(rows: ListRows): ContactList {
    return {
      ...rows,
      contacts: rows.contacts.map((row) => this.contactOf(row)),
      outgoing: rows.outgoing.map(outgoingOf),
    };
  }

  // --- Asking --------------------------------------------------------------------------------------------------

  /** The same questions and the same answer whether or not there is such a user, and whatever they think of `me`. */
  async request(me: Me, typedName: string): Promise<Outcome<OutgoingRequest>> {
    const name = parseUserName(typedName);
    if (!name.ok) return refuse(name.problem);
    if (name.name === me.userName) return refuse('self');
    const asked = await this.db.transaction((q) => this.ask(q, me, name.name));
    if (!asked.ok) return asked;
    const { request, isNew, mutualWith } = asked.value;
    if (mutualWith !== null) {
      // They asked first: asking back is agreeing.
      const accepted = await this.accept(me, mutualWith);
      return accepted.ok ? refuse('already-contacts') : accepted;
    }
    const { toId, requestedAt } = request;
    if (isNew) {
      this.push(me.id, { kind: 'outgoing', request: outgoingOf(request) });
      const { id, userName, displayName } = me;
      if (toId !== null)
        this.push(toId, { kind: 'incoming', request: { id, userName, displayName, requestedAt } });
    }
    return ok(outgoingOf(request));
  }

  private async ask(
    q: Queries,
    me: Me,
    toName: string,
  ): Promise<Outcome<{ request: store.RequestRow; isNew: boolean; mutualWith: string | null }>> {
    const target = await store.findPersonByName(q, toName);
    const targetId = target?.id ?? NOBODY;
    const contact = await store.findContact(q, me.id, targetId);
    const theirs = await store.findIncoming(q, me.id, targetId);
    const refused = await store.refuses(q, targetId, me.id, this.now() - DECLINE_HOLDS_MS);
    const waiting = await store.countIncoming(q, targetId);
    const before = await store.findRequestByName(q, me.id, toName);
    if (contact !== null) return refuse('already-contacts');
    if (before !== null && theirs === null) return ok({ request: before, isNew: false, mutualWith: null });
    if ((await store.countOutgoing(q, me.id)) >= LIMITS.pendingRequestsMax) return refuse('too-many');
    const told = target !== null && !refused && waiting < LIMITS.pendingRequestsMax;
    const request = {
      id: newId(),
      fromId: me.id,
      toName,
      toId: told ? target.id : null,
      requestedAt: this.now(),
    };
    if (theirs !== null) return ok({ request, isNew: false, mutualWith: targetId });
    await store.insertRequest(q, request);
    return ok({ request, isNew: true, mutualWith: null });
  }

  async withdraw(me: Me, requestId: string): Promise<Outcome<undefined>> {
    const request = await this.db.query((q) => store.deleteOutgoing(q, me.id, requestId));
    if (request === null) return refuse('not-found');
    this.push(me.id, { kind: 'outgoing-removed', id: request.id });
    if (request.toId !== null) this.push(request.toId, { kind: 'incoming-removed', userId: me.id });
    return done;
  }

  // --- Answering -----------------------------------------------------------------------------------------------

  async accept(me: Me, askerId: string): Promise<Outcome<undefined>> {
    const made = await this.db.transaction(async (q) => {
      if ((await store.findIncoming(q, me.id, askerId)) === null) return refuse('not-found');
      if (await this.isFull(q, me.id, askerId)) return refuse('too-many');
      return ok(await this.befriend(q, me.id, askerId));
    });
    if (!made.ok) return made;
    await this.announceFriendship(me.id, askerId, made.value);
    return done;
  }

  async decline(me: Me, askerId: string): Promise<Outcome<undefined>> {
    const request = await this.db.transaction(async (q) => {
      const found = await store.findIncoming(q, me.id, askerId);
      if (found === null) return null;
      await store.hideRequest(q, found.id);
      await store.setRefusal(q, { ownerId: me.id, personId: askerId, kind: 'declined', at: this.now() });
      return found;
    });
    if (request === null) return refuse('not-found');
    this.push(me.id, { kind: 'incoming-removed', userId: askerId });
    return done;
  }

  /** `also` joins the transaction. Being contacts already is fine, and changes nothing. */
  async befriendByInvite(
    ownerId: string,
    personId: string,
    also: (q: Queries) => Promise<void>,
  ): Promise<Outcome<undefined>> {
    const made = await this.db.transaction(async (q) => {
      if ((await store.findContact(q, ownerId, personId)) !== null) return ok(null);
      // Whoever is blocked must not learn it: the invite just seems to be over.
      if (await store.isBlocked(q, ownerId, personId)) return refuse('invite-invalid');
      if (await this.isFull(q, ownerId, personId)) return refuse('too-many');
      await also(q);
      return ok(await this.befriend(q, ownerId, personId));
    });
    if (!made.ok) return made;
    if (made.value !== null) await this.announceFriendship(ownerId, personId, made.value);
    return done;
  }

  private async isFull(q: Queries, a: string, b: string): Promise<boolean> {
    const counts = [await store.countContacts(q, a), await store.countContacts(q, b)];
    return counts.some((n) => n >= LIMITS.contactsMax);
  }

  private async befriend(q: Queries, a: string, b: string): Promise<Friendship> {
    const since = this.now();
    await store.insertFriendship(q, a, b, since);
    return {
      since,
      requests: await store.deleteRequestsBetween(q, a, b),
      unblockedBy: await store.forgetRefusalsBetween(q, a, b),
    };
  }

  private async announceFriendship(a: string, b: string, friendship: Friendship): Promise<void> {
    this.roster.befriend(a, b);
    for (const { id, fromId, toId } of friendship.requests) {
      this.push(fromId, { kind: 'outgoing-removed', id });
      if (toId !== null) this.push(toId, { kind: 'incoming-removed', userId: fromId });
    }
    for (const ownerId of friendship.unblockedBy) {
      const userId = ownerId === a ? b : a;
      this.push(ownerId, { kind: 'blocked-removed', userId });
      this.events.blocked(ownerId, userId, false);
    }
    await this.pushContact(a, b);
    await this.pushContact(b, a);
    await this.events.met(a, b);
  }

  // --- Changing and ending -------------------------------------------------------------------------------------

  async change(me: Me, userId: string, change: ContactPatch): Promise<Outcome<undefined>> {
    if (change.alias === undefined && change.muted === undefined) return refuse('bad-request');
    if (!(await this.db.query((q) => store.setContact(q, me.id, userId, change)))) return refuse('not-found');
    await this.pushContact(me.id, userId);
    return done;
  }

  async remove(me: Me, userId: string): Promise<Outcome<undefined>> {
    if (!(await this.db.query((q) => store.deleteFriendship(q, me.id, userId)))) return refuse('not-found');
    this.announceParting(me.id, userId);
    return done;
  }

  /** Somebody who is a contact or asks to be one. They see themselves removed, as with `remove`, or see nothing. */
  async block(me: Me, userId: string): Promise<Outcome<undefined>> {
    const blocked = await this.db.transaction(async (q) => {
      const person = await store.findAsker(q, userId);
      const incoming = await store.findIncoming(q, me.id, userId);
      const wereFriends = await store.deleteFriendship(q, me.id, userId);
      if (person === null || (incoming === null && !wereFriends)) return null;
      if (incoming !== null) await store.hideRequest(q, incoming.id);
      await store.setRefusal(q, { ownerId: me.id, personId: userId, kind: 'blocked', at: this.now() });
      return { person, wereFriends };
    });
    if (blocked === null) return refuse('not-found');
    this.events.blocked(me.id, userId, true);
    if (blocked.wereFriends) this.announceParting(me.id, userId);
    else this.push(me.id, { kind: 'incoming-removed', userId });
    this.push(me.id, { kind: 'blocked', person: blocked.person });
    return done;
  }

  async unblock(me: Me, userId: string): Promise<Outcome<undefined>> {
    if (!(await this.db.query((q) => store.deleteRefusal(q, me.id, userId)))) return refuse('not-found');
    this.push(me.id, { kind: 'blocked-removed', userId });
    this.events.blocked(me.id, userId, false);
    return done;
  }

  private announceParting(a: string, b: string): void {
    this.roster.part(a, b);
    this.push(a, { kind: 'contact-removed', userId: b });
    this.push(b, { kind: 'contact-removed', userId: a });
    this.events.parted(a, b);
  }

  /** Shows friends somebody's new name. */
  async pushContactToAll(ownerIds: Iterable<string>, personId: string): Promise<void> {
    for (const ownerId of ownerIds) await this.pushContact(ownerId, personId);
  }

  private async pushContact(ownerId: string, personId: string): Promise<void> {
    const row = await this.db.query((q) => store.findContact(q, ownerId, personId));
    if (row !== null) this.push(ownerId, { kind: 'contact', contact: this.contactOf(row) });
  }

  private contactOf(row: store.ContactRow): Contact {
    const { shownStatusText, lastSeen: writtenLastSeen, ...contact } = row;
    const lastSeen = this.seen.of(row.id) ?? writtenLastSeen;
    const offline: Presence = { state: 'offline', statusText: shownStatusText, lastSeen, devices: [] };
    return { ...contact, presence: this.roster.presenceOf(row.id) ?? offline };
  }
}

function outgoingOf({ id, toName, requestedAt }: store.RequestRow): OutgoingRequest {
  return { id, userName: toName, requestedAt };
}
