/** Joins the capabilities: the one place that knows them all. */
import type { Database } from '../db/client.ts';
import { AuthService } from './auth/auth-service.ts';
import { authRoutes } from './auth/auth-routes.ts';
import { LoginAttempts } from './auth/login-attempts.ts';
import { meRoutes } from './auth/me-routes.ts';
import type { OpaqueServer } from './auth/opaque.ts';
import { Profiles } from './auth/profiles.ts';
import { Removal } from './auth/removal.ts';
import { Sessions } from './auth/sessions.ts';
import { blobRoutes } from './blobs/blob-routes.ts';
import { BlobService } from './blobs/blob-service.ts';
import type { Config } from './config.ts';
import { contactRoutes } from './contacts/contact-routes.ts';
import { ContactService, type PushChange } from './contacts/contact-service.ts';
import { GroupAnnouncer } from './groups/group-announcer.ts';
import { groupRoutes } from './groups/group-routes.ts';
import { GroupService } from './groups/group-service.ts';
import { RoomPolicy, RoomService } from './groups/room-service.ts';
import { Ties } from './groups/ties.ts';
import type { Route } from './http/route.ts';
import { iceRoutes, type IceSettings } from './ice/ice-routes.ts';
import { infoRoutes } from './info-routes.ts';
import { inviteRoutes } from './invites/invite-routes.ts';
import { InviteService } from './invites/invite-service.ts';
import { DeviceKeyService } from './keys/device-key-service.ts';
import { IdentityService } from './keys/identity-service.ts';
import { visibleVersions } from './keys/identity-store.ts';
import { KeyNews } from './keys/key-news.ts';
import { keyRoutes } from './keys/key-routes.ts';
import { TokenBuckets } from './limits/token-buckets.ts';
import type { Log } from './log.ts';
import { MailService } from './mailbox/mail-service.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { LastSeen } from './presence/last-seen.ts';
import { PresenceService } from './presence/presence-service.ts';
import { PresenceRoster } from './presence/roster.ts';
import { CLOSE } from './protocol/socket.ts';
import { PROTOCOL_VERSION } from './protocol/version.ts';
import { Relay } from './relay/relay.ts';
import { snapshotRoutes } from './snapshots/snapshot-routes.ts';
import { SnapshotService } from './snapshots/snapshot-service.ts';
import { Gateway } from './socket/gateway.ts';
import { Hub } from './socket/hub.ts';

export interface ServiceNeeds {
  readonly config: Config;
  readonly db: Database;
  readonly opaque: OpaqueServer;
  readonly turnSecret: string;
  /** The bundled relay's ports as they are; `port` 0: there is none. */
  readonly turn: Pick<IceSettings, 'port' | 'tlsPort' | 'sharedPort'>;
  readonly log: Log;
  readonly version: string;
  readonly now: () => number;
}

export interface Services {
  readonly routes: readonly Route[];
  readonly hub: Hub;
  readonly sessions: Sessions;
  readonly gateway: Gateway;
  readonly presence: PresenceService;
  readonly keyNews: KeyNews;
  readonly mail: MailService;
  readonly blobs: BlobService;
  readonly snapshots: SnapshotService;
  readonly groups: GroupAnnouncer;
  readonly people: Removal;
  readonly buckets: TokenBuckets;
  readonly metrics: Metrics;
}

export function createServices(needs: ServiceNeeds): Services {
  const { config, db, log, now, version } = needs;
  const hub = new Hub();
  const metrics: Metrics = createMetrics({
    sockets: () => hub.size,
    people: () => hub.peopleOnline,
    mailQueued: () => mail.queued,
  });
  const lastSeen = new LastSeen(db, log, now);
  const push: PushChange = (personId, change) => hub.send([personId], { type: 'list-change', change });
  const roster: PresenceRoster = new PresenceRoster(now, {
    presenceChanged: (userId, presence, friendIds) => {
      hub.send(friendIds, { type: 'presence', userId, presence });
      ties.presenceChanged(userId);
    },
    left: (personId, seen) => {
      presence.left(personId, seen);
      relay.forget(personId);
      ties.leave(personId);
    },
  });
  const ties: Ties = new Ties(roster, (viewerId, people) =>
    hub.send([viewerId], { type: 'member-devices', people }),
  );
  const relay: Relay = new Relay(hub, roster, ties, now, (type, bytes) =>
    metrics.forwardedBytes.inc({ type }, bytes),
  );
  const presence: PresenceService = new PresenceService(db, hub, roster, lastSeen, now);
  const keyNews = new KeyNews(db, hub, log);
  const groups = new GroupAnnouncer(db, hub, ties, keyNews);
  const contactEvents = {
    met: (a: string, b: string) => keyNews.met(a, b),
    parted: (a: string, b: string) => ties.parted(a, b),
    blocked: (ownerId: string, personId: string, isBlocked: boolean) =>
      ties.blocked(ownerId, personId, isBlocked),
  };
  const contacts = new ContactService(db, roster, lastSeen, push, contactEvents, now);
  const invites = new InviteService(db, contacts, now);
  const people = new Removal(db, hub, roster, ties, groups, push);
  const buckets = new TokenBuckets(now);
  const mail: MailService = new MailService({
    db,
    hub,
    roster,
    ties,
    buckets,
    log,
    now,
    counted: (what, items) => metrics.mailItems.inc({ what }, items),
  });
  const sessions = new Sessions(db, now, {
    devicesGone: (personId, deviceIds) => {
      for (const deviceId of deviceIds) hub.find(personId, deviceId)?.close(CLOSE.signedOut);
      keyNews.changedLater([personId]);
    },
  });
  const auth = new AuthService({
    db,
    opaque: needs.opaque,
    sessions,
    attempts: new LoginAttempts(now),
    buckets,
    invites,
    people,
    now,
    registration: config.REGISTRATION,
    rateFactor: config.RATE_LIMIT_FACTOR,
  });
  const gateway = new Gateway({
    db,
    hub,
    roster,
    contacts,
    presence,
    keyNews,
    ties,
    groups,
    relay,
    mail,
    log,
    now,
    serverVersion: version,
    onMessage: (type) => metrics.socketMessages.inc({ type }),
  });
  const profiles = new Profiles(presence, contacts, roster);
  const blobs = new BlobService({
    db,
    buckets,
    fileMax: config.MAILBOX_FILE_MAX,
    rateFactor: config.RATE_LIMIT_FACTOR,
    known: async (q, personId, otherIds) =>
      (await visibleVersions(q, personId, otherIds)).map((row) => row.personId),
    now,
  });
  const snapshots = new SnapshotService({ db, max: config.SNAPSHOT_MAX, now });
  const rooms = new RoomPolicy(new Set(config.ROOM_OWNERS ?? []));
  const routes = [
    ...infoRoutes({
      version,
      protocol: PROTOCOL_VERSION,
      registration: config.REGISTRATION,
      rooms: rooms.areOpen,
      waitingFileMax: config.MAILBOX_FILE_MAX,
    }),
    ...authRoutes(auth, sessions),
    ...meRoutes({ db, auth, sessions, profiles, hub, now }),
    ...contactRoutes(contacts),
    ...inviteRoutes(invites),
    ...keyRoutes({
      db,
      devices: new DeviceKeyService(db, keyNews, buckets, config.RATE_LIMIT_FACTOR, now),
      identities: new IdentityService(db, keyNews, (me, proof) => auth.proveOwn(me, proof)),
      now,
    }),
    ...blobRoutes(blobs),
    ...snapshotRoutes(snapshots),
    ...groupRoutes(new GroupService(db, groups, rooms, now), new RoomService(db, rooms)),
    ...iceRoutes({
      urls: config.TURN_URLS,
      ...needs.turn,
      secret: needs.turnSecret,
      publicHost: config.PUBLIC_URL === undefined ? undefined : new URL(config.PUBLIC_URL).hostname,
      now,
    }),
  ];
  return {
    routes,
    hub,
    sessions,
    gateway,
    presence,
    keyNews,
    mail,
    blobs,
    snapshots,
    groups,
    people,
    buckets,
    metrics,
  };
}
