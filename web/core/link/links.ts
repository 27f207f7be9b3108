/** All links of this browser: one per device of a friend, made when wanted or offered, and what they add up to per friend. */
import type { Address } from '../crypto/address.ts';
import type { PathState, Result } from '../model.ts';
import type { Platform } from '../platform.ts';
import type { Scope } from '../scope.ts';
import { createLink } from './driver.ts';
import type { Link } from './link.ts';
import type { IceServerSource } from './ice-servers.ts';
import { pathOf, PATIENCE } from './path.ts';
import { loadPeerMaker } from './peer-maker.ts';
import type { PeerMaker } from './peer-maker.ts';
import type { Peer } from './peer.ts';

/** A device that signals is there, whatever its presence says: it may be invisible, or its presence on the way. */
const VOUCHED = 30_000;

/** A friend as the links see them: which devices a signal reaches now. Null for someone who is no contact. */
interface Reach {
  readonly devices: readonly string[];
}

export interface Links {
  /** Keeps the links to this friend open while any reason holds. */
  want(friendId: string, reason: string, on: boolean): void;
  /** The server connection or somebody's presence changed. */
  reachChanged(): void;
  networkChanged(): void;
  retry(friendId: string): void;
  /** Does ahead what the next link will need, so that it opens at once when it is wanted. */
  warmUp(): void;
  takeSignal(from: Address, linkId: string, body: string): void;
  of(friendId: string): readonly Link[];
  /** This device is no longer believed to be the friend's: what is open to it ends, and opens again once it is. */
  cut(address: Address): void;
  /** Null for a friend to whom nobody wants a link. */
  pathTo(friendId: string): PathState | null;
}

interface Needs {
  readonly platform: Pick<Platform, 'clock' | 'random' | 'timers' | 'rtc' | 'report'>;
  readonly scope: Scope;
  readonly ownDeviceId: string;
  readonly iceServers: IceServerSource;
  readonly sendSignal: (to: Address, linkId: string, body: string) => Promise<Result<unknown>>;
  readonly reach: (friendId: string) => Reach | null;
  /** Whether this browser is connected to the server. */
  readonly online: () => boolean;
  readonly onChat: (from: Address, bytes: Uint8Array) => void;
  /** The connection to this device is there, another one, or gone (null). */
  readonly onPeer: (address: Address, peer: Peer | null) => void;
  /** A link to this friend changed, or has room again. */
  readonly onChange: (friendId: string) => void;
}

export function createLinks(needs: Needs): Links {
  const { platform, scope } = needs;
  const { rtc, timers, clock } = platform;
  const links = new Map<string, Link>();
  const late = new Map<Link, () => void>();
  const signalledAt = new Map<string, number>();
  const reasons = new Map<string, Set<string>>();
  const paths = new Map<string, PathState>();
  let peers: Promise<PeerMaker | null> | null = null;

  /** Null: it did not arrive, or there is no WebRTC. A failed load is forgotten, so that the next attempt loads again. */
  function peerMaker(): Promise<PeerMaker | null> {
    if (!rtc) return Promise.resolve(null);
    peers ??= loadPeerMaker({ rtc, clock, timers }).catch((error: unknown) => {
      peers = null;
      platform.report('loading what opens links', error);
      return null;
    });
    return peers;
  }

  const wanted = (friendId: string): boolean => reasons.has(friendId);
  const keyOf = ({ userId, deviceId }: Address): string => `${userId} ${deviceId}`;
  const linksOf = (friendId: string): Link[] =>
    [...links.values()].filter(({ address }) => address.userId === friendId);

  function linkTo(address: Address): Link {
    const key = keyOf(address);
    const known = links.get(key);
    if (known) return known;
    const link = createLink({
      platform,
      address,
      ownDeviceId: needs.ownDeviceId,
      peerMaker,
      iceServers: needs.iceServers,
      sendSignal: needs.sendSignal,
      onChat: (bytes) => needs.onChat(address, bytes),
      onDrained: () => needs.onChange(address.userId),
    });
    links.set(key, link);
    link.view.subscribe(() => changed(link));
    link.peer.subscribe(() => needs.onPeer(address, link.peer.get()));
    return link;
  }

  function changed(link: Link): void {
    const { at } = link.view.get();
    const { userId } = link.address;
    late.get(link)?.();
    late.delete(link);
    if (at.phase === 'opening' || at.phase === 'recovering') {
      // The moment at which the relay takes over is a change too, though nothing happens at it.
      const wait = Math.max(0, at.since + PATIENCE - clock.monotonic()) + 1;
      late.set(
        link,
        timers.after(wait, () => notify(userId)),
      );
    }
    notify(userId);
    if (at.phase === 'idle' && !isReachable(link.address) && !wanted(userId)) forget(link);
  }

  function forget(link: Link): void {
    const key = keyOf(link.address);
    links.delete(key);
    signalledAt.delete(key);
    late.get(link)?.();
    late.delete(link);
    link.close();
  }

  /** Remembers the path, so that the next one knows since when its word has held. */
  function notify(friendId: string): void {
    const path = computePath(friendId);
    if (path) paths.set(friendId, path);
    else paths.delete(friendId);
    needs.onChange(friendId);
  }

  function computePath(friendId: string): PathState | null {
    if (!wanted(friendId) && linksOf(friendId).length === 0) return null;
    return pathOf({
      now: clock.now(),
      monotonic: clock.monotonic(),
      before: paths.get(friendId) ?? null,
      links: linksOf(friendId).map(({ view }) => view.get()),
      wanted: wanted(friendId),
      supported: rtc !== null,
      online: needs.online(),
      devices: needs.reach(friendId)?.devices ?? [],
    });
  }

  function isReachable(address: Address): boolean {
    const reach = needs.reach(address.userId);
    if (!needs.online() || !reach) return false;
    const vouched = clock.monotonic() - (signalledAt.get(keyOf(address)) ?? -Infinity) < VOUCHED;
    return vouched || reach.devices.includes(address.deviceId);
  }

  /** Brings the links to one friend in line with who wants them and where the friend is. */
  function align(friendId: string): void {
    if (rtc && wanted(friendId) && needs.online()) {
      for (const deviceId of needs.reach(friendId)?.devices ?? []) linkTo({ userId: friendId, deviceId });
    }
    for (const link of linksOf(friendId)) {
      if (needs.reach(friendId) === null) {
        forget(link);
        continue;
      }
      link.event({ type: 'wanted', on: wanted(friendId) });
      link.event({ type: 'reachable', on: isReachable(link.address) });
    }
    notify(friendId);
  }

  const friends = (): Set<string> =>
    new Set([...reasons.keys(), ...[...links.values()].map(({ address }) => address.userId)]);

  scope.own(() => {
    for (const link of links.values()) forget(link);
    void peers?.then((maker) => maker?.end());
  });

  return {
    want(friendId, reason, on) {
      const before = wanted(friendId);
      const held = reasons.get(friendId) ?? new Set();
      if (on) held.add(reason);
      else held.delete(reason);
      if (held.size > 0) reasons.set(friendId, held);
      else reasons.delete(friendId);
      if (wanted(friendId) !== before) align(friendId);
    },
    reachChanged: () => friends().forEach(align),
    networkChanged: () => {
      for (const link of links.values()) link.event({ type: 'network-changed' });
    },
    warmUp: () => {
      if (!rtc) return;
      void needs.iceServers.get();
      // Without success now, the first link loads it.
      void peerMaker().then((maker) => !scope.ended && maker?.prepare());
    },
    retry: (friendId) => {
      for (const link of linksOf(friendId)) link.event({ type: 'retry' });
    },
    takeSignal(from, linkId, body) {
      // Nobody but a friend may make this browser open a connection, and with it show its addresses.
      if (!rtc || needs.reach(from.userId) === null) return;
      const link = linkTo(from);
      signalledAt.set(keyOf(from), clock.monotonic());
      link.event({ type: 'reachable', on: isReachable(from) });
      link.takeSignal(linkId, body);
    },
    of: linksOf,
    cut: (address) => {
      const link = links.get(keyOf(address));
      const phase = link?.view.get().at.phase;
      // One that is not open yet carries nothing, and opens only by signals, which ask themselves who is believed.
      if (!link || (phase !== 'open' && phase !== 'recovering')) return;
      forget(link);
      align(address.userId);
    },
    pathTo: computePath,
  };
}
