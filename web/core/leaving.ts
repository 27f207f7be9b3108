/** Which files of this tab wait on the server rather than for the link; what sends them there is loaded with the first. */
import { cell, derived, type Value } from './value.ts';
import type { LeavingFile } from './model.ts';
import type { Platform } from './platform.ts';
import type { Scope } from './scope.ts';
import type { Http } from './signaling/http.ts';
import type { LiveState } from './tabs/bus.ts';
import type { Announce, LeavingFiles } from './transfer/leaving-files.ts';

interface Needs {
  readonly platform: Pick<Platform, 'clock' | 'random' | 'timers' | 'subtle' | 'report'>;
  readonly scope: Scope;
  readonly http: Http;
  readonly live: Value<LiveState>;
  readonly newId: () => string;
}

export interface Leaving {
  /** By friend. */
  readonly all: Value<ReadonlyMap<string, readonly LeavingFile[]>>;
  /** False for a friend who is there: the link is the better way. Else `announce` is called once it is known where the file waits. */
  take(friendId: string, file: File, announce: Announce): boolean;
  drop(id: string): void;
  again(id: string): void;
}

export function createLeaving({ platform, scope, http, live, newId }: Needs): Leaving {
  const { clock, random, timers, subtle, report } = platform;
  const all = cell<ReadonlyMap<string, readonly LeavingFile[]>>(new Map());
  const online = derived(live, ({ connection }) => connection.state === 'online');
  let opening: Promise<LeavingFiles | null> | null = null;

  /** Null where the code for it cannot be had. */
  async function open(crypto: SubtleCrypto): Promise<LeavingFiles | null> {
    const code = await Promise.all([
      import('./transfer/leaving-files.ts'),
      import('./transfer/waiting-file.ts'),
    ]).catch((error: unknown) => {
      report('loading what takes files to the server', error);
      return null;
    });
    if (code === null) return null;
    const [{ createLeavingFiles }, { leaveFile }] = code;
    const tools = { http, subtle: crypto, random, timers };
    const files = createLeavingFiles({
      clock,
      scope,
      newId,
      leave: (friendId, file, onProgress) => leaveFile(tools, file, [friendId], onProgress),
      show: (shown) => all.set(byFriend(shown)),
    });
    scope.own(online.subscribe(() => online.get() && files.connected()));
    return files;
  }

  async function leave(crypto: SubtleCrypto, ...[friendId, file, announce]: Parameters<Leaving['take']>) {
    opening ??= open(crypto);
    const files = await opening;
    if (files === null) {
      opening = null;
      await announce(null);
    } else files.add(friendId, file, announce);
  }

  return {
    all,
    take(friendId, file, announce) {
      const friend = live.get().people.contacts.find(({ id }) => id === friendId);
      if (!online.get() || subtle === null) return false;
      if (friend === undefined || friend.presence.devices.length > 0) return false;
      void leave(subtle, friendId, file, announce);
      return true;
    },
    drop: (id) => void opening?.then((files) => files?.drop(id)),
    again: (id) => void opening?.then((files) => files?.again(id)),
  };
}

function byFriend(files: readonly LeavingFile[]): ReadonlyMap<string, readonly LeavingFile[]> {
  const all = new Map<string, LeavingFile[]>();
  for (const file of files) all.set(file.friendId, [...(all.get(file.friendId) ?? []), file]);
  return all;
}
