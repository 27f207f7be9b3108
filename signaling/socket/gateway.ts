/** The life of a socket: welcome, messages, end. */
import * as v from 'valibot';
import type { Database } from '../../db/client.ts';
import * as accounts from '../auth/auth-store.ts';
import { meOf } from '../auth/me.ts';
import type { ContactService } from '../contacts/contact-service.ts';
import type { GroupAnnouncer } from '../groups/group-announcer.ts';
import type { Ties } from '../groups/ties.ts';
import { refusalOf } from '../http/refusal.ts';
import type { KeyNews } from '../keys/key-news.ts';
import { take } from '../limits/token-buckets.ts';
import type { Log } from '../log.ts';
import type { MailService } from '../mailbox/mail-service.ts';
import { ok, type Outcome, type Refusal } from '../outcome.ts';
import type { PresenceService } from '../presence/presence-service.ts';
import type { PresenceRoster } from '../presence/roster.ts';
import { LIMITS } from '../protocol/limits.ts';
import { CLOSE, clientMessageSchema, type ClientMessage, type ServerMessage } from '../protocol/socket.ts';
import type { Relay } from '../relay/relay.ts';
import { MESSAGE_RATE, OFFENCE_RATE, type Connection } from './connection.ts';
import type { Hub } from './hub.ts';

export interface GatewaySurroundings {
  readonly db: Database;
  readonly hub: Hub;
  readonly roster: PresenceRoster;
  readonly contacts: ContactService;
  readonly presence: PresenceService;
  readonly keyNews: KeyNews;
  readonly ties: Ties;
  readonly groups: GroupAnnouncer;
  readonly relay: Relay;
  readonly mail: MailService;
  readonly log: Log;
  readonly serverVersion: string;
  readonly now: () => number;
  readonly onMessage: (type: string) => void;
}

const PONG = '{"type":"pong"}';
/** A malformed message weighs more than one too many: our page sends none. */
const MALFORMED_COST = 5;
/** The page navigated or reloaded (1001), or closed its socket itself (1000). */
const MAY_RETURN = new Set([1000, 1001]);

export class Gateway {
  private stopping = false;

  constructor(private readonly around: GatewaySurroundings) {}

  async open(connection: Connection): Promise<void> {
    const { hub, roster, presence, log } = this.around;
    const before = hub.add(connection);
    before?.close(CLOSE.replaced);
    try {
      const welcome = await this.join(connection);
      if (welcome === null) connection.close(CLOSE.signedOut);
      else if (connection.isOpen && hub.find(connection.personId, connection.deviceId) === connection) {
        connection.welcome(welcome);
        roster.announce(connection.personId);
        presence.connected(connection.personId, connection.deviceId);
        this.tellOwn(connection.personId, 2);
      } else this.leaveUnlessReplaced(connection);
    } catch (error) {
      const refusal = refusalOf(error);
      log.warn({ err: error, code: refusal.code }, 'A socket could not be welcomed');
      connection.welcome({ type: 'error', ...refusal });
      connection.close(CLOSE.restarting);
    }
  }

  /** Null when the session ended in this moment. */
  private async join({ personId, deviceId }: Connection): Promise<ServerMessage | null> {
    const { roster, ties } = this.around;
    const joined = await roster.join(personId, deviceId, () =>
      ties.join(personId, () => this.load(personId, deviceId)),
    );
    return joined === null ? null : { ...joined, reachable: ties.reachableBy(personId) };
  }

  private async load(personId: string, deviceId: string) {
    const { db, contacts, keyNews, groups, serverVersion, now } = this.around;

    const loaded = await db.query(async (q) => {
      const person = await accounts.findPersonOfDevice(q, personId, deviceId);
      if (person === null) return null;
      const list = await contacts.rowsOf(q, personId);
      const keys = await keyNews.welcome(q, personId, deviceId);
      return { person, list, keys, groups: await groups.welcome(q, personId) };
    });
    if (loaded === null) return null;
    const { person, list, keys } = loaded;
    const { presence: chosen, shownStatusText, lastSeen } = person;
    const contactIds = list.contacts.map(({ id }) => id);
    return {
      facts: { chosen, shownStatusText, lastSeen, contactIds },
      ties: { groups: loaded.groups.groups, blockedIds: list.blocked.map(({ id }) => id) },
      more: {
        type: 'welcome' as const,
        serverVersion,
        serverTime: now(),
        me: meOf(person, deviceId),
        list: contacts.listOf(list),
        keys,
        groups: loaded.groups.news,
      },
    };
  }

  /** From now on a socket's end is the server's doing: friends are told nothing, since all of them are told to come back. */
  async stop(): Promise<void> {
    await this.around.presence.noteAll();
    this.stopping = true;
  }

  close(connection: Connection, code: number): void {
    if (!this.around.hub.remove(connection) || this.stopping) return;
    this.around.roster.leave(connection.personId, connection.deviceId, MAY_RETURN.has(code));
    this.tellOwn(connection.personId, 1);
  }

  /** Which of their devices are there, to a person who has at least so many. */
  private tellOwn(personId: string, atLeast: number): void {
    const deviceIds = Array.from(this.around.hub.of(personId), ({ deviceId }) => deviceId);
    if (deviceIds.length >= atLeast) this.around.hub.send([personId], { type: 'own-devices', deviceIds });
  }

  private leaveUnlessReplaced({ personId, deviceId }: Connection): void {
    if (this.around.hub.find(personId, deviceId) === null) this.around.roster.leave(personId, deviceId, true);
  }

  async receive(connection: Connection, data: unknown): Promise<void> {
    connection.lastHeard = this.around.now();
    if (data === PONG) return;
    const message = typeof data === 'string' ? parse(data) : ({ code: 'bad-request' } as const);
    if ('code' in message) {
      this.offend(connection, { type: 'error', ...message }, MALFORMED_COST);
      return;
    }
    this.around.onMessage(message.type);
    try {
      await this.handle(connection, message);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal.code === 'internal')
        this.around.log.error({ err: error, type: message.type }, 'A message failed');
      connection.send({ type: 'error', ...refusal, ...refOf(message) });
    }
  }

  private async handle(connection: Connection, message: ClientMessage): Promise<void> {
    const wait = take(connection.messages, MESSAGE_RATE, this.around.now());
    const refused = (refusal: Refusal) => ({ type: 'error', ...refusal, ...refOf(message) }) as const;
    if (wait > 0) {
      this.offend(connection, refused({ code: 'rate-limited', retryAfter: wait }), 1);
      return;
    }
    const done = await this.perform(connection, message);
    if (done.ok) {
      if (done.value !== null) connection.send(done.value);
    } else if (done.refusal.code === 'rate-limited') this.offend(connection, refused(done.refusal), 1);
    else connection.send(refused(done.refusal));
  }

  /** Answers what to answer. */
  private async perform(
    connection: Connection,
    message: ClientMessage,
  ): Promise<Outcome<ServerMessage | null>> {
    const { presence, relay, mail } = this.around;
    switch (message.type) {
      case 'pong':
        return ok(null);
      case 'set-presence':
        return quietly(await presence.set(connection, message));
      case 'mail': {
        const sent = await mail.send(connection, message);
        return sent.ok ? ok({ type: 'mailed', ref: message.ref, refused: sent.value }) : sent;
      }
      case 'mail-next':
        await mail.next(connection, message);
        return ok(null);
      case 'mail-ack':
        return quietly(await mail.acknowledge(connection, message));
      default: {
        const sent = relay.forward(connection, message);
        return sent.ok ? ok({ type: 'accepted', ref: message.ref }) : sent;
      }
    }
  }

  /** Says what was wrong; after too much of it the socket ends. */
  private offend(connection: Connection, error: ServerMessage, cost: number): void {
    connection.send(error);
    if (take(connection.offences, OFFENCE_RATE, this.around.now(), cost) === 0) return;
    this.around.log.warn({ personId: connection.personId }, 'A socket was closed for abuse');
    connection.close(CLOSE.abuse);
  }
}

/** What needs no answer when it went well. */
const quietly = (outcome: Outcome<undefined>): Outcome<null> => (outcome.ok ? ok(null) : outcome);

function refOf(message: ClientMessage): { ref?: number } {
  return 'ref' in message ? { ref: message.ref } : {};
}

function parse(text: string): ClientMessage | Refusal {
  if (Buffer.byteLength(text) > LIMITS.socketFrameBytes) return { code: 'too-large' };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { code: 'bad-request' };
  }
  const parsed = v.safeParse(clientMessageSchema, json);
  return parsed.success ? parsed.output : { code: 'bad-request' };
}
