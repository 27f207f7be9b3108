/** Sessions: who holds a token, new ones, and their end here and on every socket at once. */
import type { Database, Queries } from '../../db/client.ts';
import { digestOf, newId, newSecret } from '../ids.ts';
import type { Me } from '../protocol/http.ts';
import { LIMITS } from '../protocol/limits.ts';
import * as store from './auth-store.ts';
import { meOf } from './me.ts';

export const SESSION_LIFETIME_MS = 90 * 24 * 3_600_000;
/** Counted from when the guest was last connected. */
export const GUEST_LIFETIME_MS = 24 * 3_600_000;

export interface DeviceInfo {
  readonly name: string;
  readonly clientVersion: string;
}

/** What must happen elsewhere when sessions end. */
export interface SessionEvents {
  devicesGone(personId: string, deviceIds: readonly string[]): void;
}

export interface NewSession {
  readonly token: string;
  readonly deviceId: string;
  /** Devices that had to make room. */
  readonly dropped: readonly string[];
}

export class Sessions {
  constructor(
    private readonly db: Database,
    private readonly now: () => number,
    private readonly events: SessionEvents,
  ) {}

  async authenticate(token: string): Promise<Me | null> {
    const found = await this.db.query((q) => store.findSession(q, digestOf(token), this.now()));
    return found === null ? null : meOf(found.person, found.device.id);
  }

  /** Part of a transaction; `ended` is to be called after it for the dropped ones. */
  async open(q: Queries, personId: string, device: DeviceInfo, address: string): Promise<NewSession> {
    const now = this.now();
    const [token, deviceId] = [newSecret(), newId()];
    const dropped = await store.insertDevice(
      q,
      {
        id: deviceId,
        personId,
        tokenDigest: digestOf(token),
        ...device,
        address,
        createdAt: now,
        lastSeen: now,
        expiresAt: now + SESSION_LIFETIME_MS,
      },
      LIMITS.devicesMax,
    );
    return { token, deviceId, dropped };
  }

  /** Devices that a transaction took away: their sockets go as well. */
  ended(personId: string, deviceIds: readonly string[]): void {
    if (deviceIds.length > 0) this.events.devicesGone(personId, deviceIds);
  }

  /** Ends the session that a browser brings along when it signs in anew. */
  async endByToken(token: string | null): Promise<void> {
    if (token === null) return;
    const me = await this.authenticate(token);
    if (me !== null) await this.end(me.id, { only: me.deviceId });
  }

  /** Answers how many there were. */
  async end(personId: string, which: { readonly only: string } | { readonly keep: string }): Promise<number> {
    const gone = await this.db.transaction((q) => store.deleteDevices(q, personId, which));
    this.ended(personId, gone);
    return gone.length;
  }
}
