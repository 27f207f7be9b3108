/** The leading tab's links: shows which ways there are, and keeps none open to a device that is not believed any more. */
import { iceServersSchema } from '../../signaling/protocol/http.ts';
import type { Address } from './crypto/address.ts';
import { createIceServerSource } from './link/ice-servers.ts';
import { createLinks } from './link/links.ts';
import type { Links } from './link/links.ts';
import { isLinked, samePath } from './link/path.ts';
import type { Peer } from './link/peer.ts';
import type { Platform } from './platform.ts';
import type { Result } from './model.ts';
import type { Scope } from './scope.ts';
import type { Http } from './signaling/http.ts';
import type { LiveState } from './tabs/bus.ts';

interface Needs {
  readonly platform: Platform;
  readonly scope: Scope;
  readonly http: Http;
  /** This device. */
  readonly me: Address;
  readonly live: () => LiveState;
  readonly publish: (change: Pick<LiveState, 'paths'>) => void;
  readonly sendSignal: (to: Address, linkId: string, body: string) => Promise<Result<unknown>>;
  /** Null: nobody with whom there may be a link. */
  readonly reach: (userId: string) => { readonly devices: readonly string[] } | null;
  readonly online: () => boolean;
  /** All with whom there may be links, oneself left out. */
  readonly everybody: () => readonly string[];
  /** Those of this person that are believed; null: not known now. */
  readonly devicesOf: (userId: string) => Promise<readonly string[] | null>;
  readonly onChat: (from: Address, bytes: Uint8Array) => void;
  readonly onPeer: (address: Address, peer: Peer | null) => void;
  /** There was no link to this friend, and now there is. */
  readonly onLinked: (friendId: string) => void;
  readonly onWayChanged: (friendId: string) => void;
}

export interface LeaderLinks extends Links {
  /** Cuts the links to devices that their owner no longer signs for: what is said over them is not sealed again. */
  vet(changed: string | null): Promise<void>;
  /** For the next link, once what is at hand is done. */
  warmUpSoon(): void;
}

/** The first paint and what it shows come first. */
const WARM_UP_AFTER = 200;

export function startLinks(needs: Needs): LeaderLinks {
  const { platform, scope, http, me, live } = needs;
  const { clock, timers } = platform;
  let cancelWarmUp = (): void => undefined;
  scope.own(() => cancelWarmUp());

  const links = createLinks({
    platform,
    scope,
    ownDeviceId: me.deviceId,
    iceServers: createIceServerSource(() => http.ask('GET', '/api/ice-servers', iceServersSchema), clock),
    sendSignal: needs.sendSignal,
    reach: needs.reach,
    online: needs.online,
    onChat: needs.onChat,
    onPeer: (address, peer) => {
      needs.onPeer(address, peer);
      if (peer && address.userId !== me.userId) warmUpSoon();
    },
    onChange: (userId) => {
      if (userId === me.userId) return;
      showPath(userId);
      needs.onWayChanged(userId);
    },
  });

  async function vet(changed: string | null): Promise<void> {
    const persons = changed === null ? [...needs.everybody(), me.userId] : [changed];
    for (const userId of persons) {
      const open = links.of(userId);
      const believed = open.length > 0 ? await needs.devicesOf(userId) : null;
      if (!believed) continue;
      for (const { address } of open) if (!believed.includes(address.deviceId)) links.cut(address);
    }
  }

  function warmUpSoon(): void {
    cancelWarmUp();
    cancelWarmUp = timers.after(WARM_UP_AFTER, () => links.warmUp());
  }

  function showPath(friendId: string): void {
    const before = live().paths.get(friendId);
    const path = links.pathTo(friendId);
    if (samePath(before, path)) return;
    const paths = new Map(live().paths);
    if (path) paths.set(friendId, path);
    else paths.delete(friendId);
    needs.publish({ paths });
    if (isLinked(path) && !isLinked(before)) needs.onLinked(friendId);
  }

  return { ...links, vet, warmUpSoon };
}
