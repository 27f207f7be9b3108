/** Hands signals and sealed messages from one device to another, if the two may speak. */
import type { Ties } from '../groups/ties.ts';
import type { PresenceRoster } from '../presence/roster.ts';
import { take, fullBucket, type Bucket, type Rate } from '../limits/token-buckets.ts';
import { done, refuse, type Outcome } from '../outcome.ts';
import type { ClientMessage, ServerMessage } from '../protocol/socket.ts';
import type { Connection } from '../socket/connection.ts';
import { encode, type Hub } from '../socket/hub.ts';

export type Forwarded = Extract<ClientMessage, { type: 'signal' | 'relay' }>;

/** Bytes, per person over all devices: the live relay is for text; files go another way. */
const BYTES_RATE: Rate = { burst: 4 * 1024 * 1024, perSecond: 512 * 1024 };

export class Relay {
  private readonly spent = new Map<string, Bucket>();

  constructor(
    private readonly hub: Hub,
    private readonly roster: PresenceRoster,
    private readonly ties: Pick<Ties, 'mayReach'>,
    private readonly now: () => number,
    private readonly onForwarded: (type: Forwarded['type'], bytes: number) => void,
  ) {}

  forward(from: Connection, message: Forwarded): Outcome<undefined> {
    const { userId, deviceId } = message.to;
    const own = userId === from.personId;
    if (!own && !this.mayReach(from.personId, userId)) return refuse('forbidden');
    const wait = this.spend(from.personId, message.body.length);
    if (wait > 0) return refuse('rate-limited', wait);
    if (!own && !this.roster.isReachable(userId, deviceId, from.deviceId)) return refuse('peer-offline');
    const target = this.hub.find(userId, deviceId);
    if (target === null) return refuse('peer-offline');
    const bytes = encode(forwardedOf(from, message));
    if (!target.relay(bytes)) return refuse('unavailable');
    this.roster.noteReached(from.deviceId, deviceId);
    this.onForwarded(message.type, bytes.length);
    return done;
  }

  private mayReach(personId: string, otherId: string): boolean {
    return this.roster.contactsOf(personId).has(otherId) || this.ties.mayReach(personId, otherId);
  }

  /** The last device of a person went. */
  forget(personId: string): void {
    this.spent.delete(personId);
  }

  private spend(personId: string, bytes: number): number {
    let bucket = this.spent.get(personId);
    if (bucket === undefined) {
      bucket = fullBucket(BYTES_RATE, this.now());
      this.spent.set(personId, bucket);
    }
    return take(bucket, BYTES_RATE, this.now(), bytes);
  }
}

function forwardedOf(from: Connection, message: Forwarded): ServerMessage {
  const sender = { userId: from.personId, deviceId: from.deviceId };
  const { type, body } = message;
  return type === 'signal'
    ? { type, from: sender, linkId: message.linkId, body }
    : { type, from: sender, body };
}
