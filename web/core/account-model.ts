/** What the page sees of its session and account, and of the connection to the server. */
import type { Device, Info, Me } from '../../signaling/protocol/http.ts';
import type { Result } from './failure-model.ts';

export type SessionState =
  /** Finding out whether this browser is signed in; a moment, usually none, since the last answer is remembered. */
  | { readonly state: 'unknown' }
  /** `storage-lost`: the browser deleted what was kept here, the device's keys among it. */
  | {
      readonly state: 'signed-out';
      readonly reason: 'never' | 'logged-out' | 'ended-elsewhere' | 'deleted' | 'storage-lost';
    }
  | { readonly state: 'signed-in'; readonly me: Me };

/** This browser's connection to the server (not to a friend). */
export type ConnectionState =
  | { readonly state: 'idle' }
  | { readonly state: 'connecting'; readonly attempt: number }
  | { readonly state: 'online'; readonly serverVersion: string }
  | {
      readonly state: 'offline';
      readonly reason: 'no-network' | 'unreachable' | 'server-restarting' | 'rate-limited';
      /** When the next try starts, ms since 1970; null when it waits for the network to come back. */
      readonly retryAt: number | null;
    }
  /** The server speaks a newer protocol, or a newer tab took over this browser's history: the page must reload. */
  | { readonly state: 'update-required' };

export interface Account {
  info(): Promise<Result<Info>>;
  register(form: {
    userName: string;
    displayName: string;
    password: string;
    invite?: string;
  }): Promise<Result<Me>>;
  logIn(form: { userName: string; password: string }): Promise<Result<Me>>;
  enterAsGuest(form: { code: string; displayName: string }): Promise<Result<Me>>;
  logOut(): Promise<Result>;
  changePassword(form: { current: string; next: string }): Promise<Result>;
  /** Also removes this browser's history of the account. A guest gives no password. */
  deleteAccount(form: { password: string | null }): Promise<Result>;
  updateProfile(change: { displayName?: string; statusText?: string }): Promise<Result<Me>>;
  devices(): Promise<Result<readonly Device[]>>;
  logOutDevice(deviceId: string): Promise<Result>;
  logOutOtherDevices(): Promise<Result>;
}
