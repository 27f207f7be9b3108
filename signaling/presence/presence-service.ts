/** Presence as people set it, and what of it is kept in the database. */
import type { Database } from '../../db/client.ts';
import * as accounts from '../auth/auth-store.ts';
import { meOf } from '../auth/me.ts';
import { done, ok, refuse, type Outcome } from '../outcome.ts';
import type { ClientMessage } from '../protocol/socket.ts';
import type { Connection } from '../socket/connection.ts';
import type { Hub } from '../socket/hub.ts';
import type { LastSeen } from './last-seen.ts';
import type { PresenceRoster } from './roster.ts';

type SetPresence = Extract<ClientMessage, { type: 'set-presence' }>;

export class PresenceService {
  constructor(
    private readonly db: Database,
    private readonly hub: Hub,
    private readonly roster: PresenceRoster,
    private readonly lastSeen: LastSeen,
    private readonly now: () => number,
  ) {}

  async set(connection: Connection, message: SetPresence): Promise<Outcome<undefined>> {
    const { chosen, idle, statusText } = message;
    if (idle !== undefined) this.roster.setIdle(connection.personId, connection.deviceId, idle);
    if (chosen === undefined && statusText === undefined) return done;
    const changed = await this.change(connection.personId, { presence: chosen, statusText });
    return changed.ok ? done : changed;
  }

  /** Also shows the person's own devices what has changed. */
  async change(personId: string, change: accounts.ProfileChange): Promise<Outcome<accounts.PersonRow>> {
    const person = await this.db.query((q) => accounts.changeProfile(q, personId, change));
    if (person === null) return refuse('not-found');
    const hiding = this.roster.setChosen(personId, person.presence, person.shownStatusText);
    for (const connection of this.hub.of(personId)) {
      connection.send({ type: 'me', me: meOf(person, connection.deviceId) });
    }
    if (hiding) await this.db.query((q) => accounts.touchPeople(q, [personId], this.now()));
    return ok(person);
  }

  /** A device was welcomed. */
  connected(personId: string, deviceId: string): void {
    const seenIds = this.roster.isSeen(personId) ? [personId] : [];
    this.lastSeen.note({ deviceIds: [deviceId], seenIds, connectedIds: [personId] });
  }

  /** The last device of a person went. `seen`: friends saw them until now. */
  left(personId: string, seen: boolean): void {
    if (seen) this.lastSeen.note({ seenIds: [personId] });
  }

  /** Everybody who is here, now: so that a server that is killed remembers well enough when people were there. */
  async noteAll(): Promise<void> {
    const connections = [...this.hub.all()];
    this.lastSeen.note({
      deviceIds: connections.map(({ deviceId }) => deviceId),
      seenIds: this.roster.seenPeople(),
      connectedIds: connections.map(({ personId }) => personId),
    });
    await this.lastSeen.write();
  }
}
