/**
 * Each device's mailbox: who may put what into it, and the handing over to its device. What a friend or co-member put in
 * while they were one is handed over even if the contact ends: it was taken in, and other devices of the person may show it
 * already. It goes with the account of who sent it.
 */
import type { Database } from '../../db/client.ts';
import type { Ties } from '../groups/ties.ts';
import type { TokenBuckets } from '../limits/token-buckets.ts';
import type { Log } from '../log.ts';
import { done, ok, refuse, type Outcome } from '../outcome.ts';
import type { PresenceRoster } from '../presence/roster.ts';
import { LIMITS } from '../protocol/limits.ts';
import type { Address, Refused } from '../protocol/mail.ts';
import type { ClientMessage } from '../protocol/socket.ts';
import type { Connection } from '../socket/connection.ts';
import type { Hub } from '../socket/hub.ts';
import { Handover } from './handover.ts';
import { MailKeeper, type Addressed } from './mail-keeper.ts';
import { deleteOldItems, readPage, type WaitingItem } from './mail-store.ts';

type SendMail = Extract<ClientMessage, { type: 'mail' }>;
type NextMail = Extract<ClientMessage, { type: 'mail-next' }>;
type AckMail = Extract<ClientMessage, { type: 'mail-ack' }>;

export interface MailSurroundings {
  readonly db: Database;
  readonly hub: Hub;
  readonly roster: PresenceRoster;
  readonly ties: Pick<Ties, 'mayWrite'>;
  readonly buckets: TokenBuckets;
  readonly log: Log;
  readonly now: () => number;
  readonly counted: (what: 'deposited' | 'refused' | 'acknowledged', items: number) => void;
}

/** Per person over all devices, as they are stored: a message to twenty devices is twenty items. */
const ITEMS_RATE = { burst: 12_000, perSecond: 500 };
const BYTES_RATE = { burst: 32 * 1024 * 1024, perSecond: 1024 * 1024 };
const PAGE = { items: LIMITS.mailPageMax, bytes: 1024 * 1024 };
const BUSY_RETRY_SECONDS = 2;
const READ_AGAIN_MS = 2_000;

export class MailService {
  private readonly keeper: MailKeeper;
  private readonly handovers = new WeakMap<Connection, Handover>();

  constructor(private readonly around: MailSurroundings) {
    this.keeper = new MailKeeper(
      around.db,
      {
        kept: (to, items) => {
          around.counted('deposited', items.length);
          this.handoverTo(to)?.arrived(items);
        },
        missed: (to, item) => this.handoverTo(to)?.missed(item),
        acknowledged: (items) => around.counted('acknowledged', items),
      },
      around.now,
    );
  }

  /** Items that wait to be made durable. */
  get queued(): number {
    return this.keeper.queued;
  }

  // --- Putting in ----------------------------------------------------------------------------------------------

  /** Answers which recipients were refused, when everything else is durable. */
  async send(from: Connection, message: SendMail): Promise<Outcome<Refused[]>> {
    // Whose friend this is, and in which groups, is known once it is welcomed.
    if (!from.isWelcomed) return refuse('unavailable', BUSY_RETRY_SECONDS);
    const items = this.itemsOf(from, message);
    const bytes = items.reduce((sum, { body }) => sum + body.length, 0);
    if (items.length > LIMITS.mailItemsMax || bytes > LIMITS.mailStoredMax) return refuse('too-large');
    const wait = this.spend(from.personId, items.length, bytes);
    if (wait > 0) return refuse('rate-limited', wait);
    const strangers = items.filter(({ to }) => !this.maySend(from, to));
    const allowed = items.filter(({ to }) => this.maySend(from, to));
    const kept = allowed.length === 0 ? Promise.resolve([]) : this.keeper.add({ items: allowed });
    if (kept === null) return refuse('unavailable', BUSY_RETRY_SECONDS);
    const unknown = new Map(strangers.map(({ to }) => [`${to.userId} ${to.deviceId}`, to]));
    const refused = [
      ...[...unknown.values()].map((to) => ({ to, code: 'not-found' }) as const),
      ...(await kept),
    ];
    this.around.counted('refused', refused.length);
    return ok(refused);
  }

  private itemsOf({ personId, deviceId }: Connection, { id, parcels }: SendMail): Addressed[] {
    const at = this.around.now();
    return parcels.flatMap(({ to: recipients, body }, parcel) =>
      recipients.map((to) => ({
        to,
        deviceId: to.deviceId,
        senderId: personId,
        senderDeviceId: deviceId,
        mailId: id,
        parcel,
        at,
        body,
      })),
    );
  }

  private maySend(from: Connection, to: Address): boolean {
    if (to.userId === from.personId) return to.deviceId !== from.deviceId;
    const { roster, ties } = this.around;
    return roster.contactsOf(from.personId).has(to.userId) || ties.mayWrite(from.personId, to.userId);
  }

  private spend(personId: string, items: number, bytes: number): number {
    const { buckets } = this.around;
    const wait = buckets.take(`mail of ${personId}`, ITEMS_RATE, items);
    return wait > 0 ? wait : buckets.take(`mail bytes of ${personId}`, BYTES_RATE, bytes);
  }

  // --- Handing over --------------------------------------------------------------------------------------------

  /** Answers by a page. */
  async next(connection: Connection, { ref, after }: NextMail): Promise<void> {
    let handover = this.handovers.get(connection);
    if (handover === undefined) {
      handover = this.newHandover(connection);
      this.handovers.set(connection, handover);
    }
    await handover.next(numberOf(after ?? '0'), ref);
  }

  private newHandover(connection: Connection): Handover {
    const { db, log } = this.around;
    const handover = new Handover({
      read: (after) => db.query((q) => readPage(q, connection.deviceId, after, PAGE)),
      give: ({ items, more }, ref) =>
        connection.send({
          type: 'mail-page',
          ...(ref !== null && { ref }),
          items: items.map(shownItem),
          more,
        }),
      isBehind: () => connection.isBehind,
      fits: (items) =>
        items.length <= PAGE.items && items.reduce((sum, { body }) => sum + body.length, 0) <= PAGE.bytes,
      failed: (error) => {
        log.warn({ err: error }, 'Mail could not be read; it is tried again');
        setTimeout(() => {
          if (connection.isOpen) handover.missed();
        }, READ_AGAIN_MS).unref();
      },
    });
    return handover;
  }

  private handoverTo({ userId, deviceId }: Address): Handover | undefined {
    const connection = this.around.hub.find(userId, deviceId);
    return connection === null ? undefined : this.handovers.get(connection);
  }

  // --- Taking out ----------------------------------------------------------------------------------------------

  /** Of this device's own mailbox, whatever the numbers. What cannot be taken out now is handed over again. */
  async acknowledge({ deviceId }: Connection, { ids }: AckMail): Promise<Outcome<undefined>> {
    const gone = this.keeper.add({ deviceId, acknowledged: ids.map(numberOf) });
    if (gone === null) return refuse('unavailable', BUSY_RETRY_SECONDS);
    await gone;
    return done;
  }

  async sweep(before: number): Promise<void> {
    await this.around.db.query((q) => deleteOldItems(q, before));
    this.keeper.recount();
  }
}

/** No item has a number beyond that. */
const numberOf = (id: string): number => Math.min(Number(id), Number.MAX_SAFE_INTEGER);

function shownItem({ id, senderId, senderDeviceId, at, body }: WaitingItem) {
  return { id: String(id), from: { userId: senderId, deviceId: senderDeviceId }, at, body };
}
