/** Keeps the host's STUN and TURN servers at hand and renews them before their credentials expire. */
import type { IceServers } from '../../../signaling/protocol/http.ts';
import type { Clock } from '../platform.ts';
import type { Result } from '../model.ts';

/** Credentials must outlive the setting up of a link that uses them. */
const MARGIN = 2 * 60_000;

export interface IceServerSource {
  /** Never the browser library's own default. Empty when the server cannot be asked: then only local addresses are tried. */
  get(): Promise<RTCIceServer[]>;
}

export function createIceServerSource(
  fetchServers: () => Promise<Result<IceServers>>,
  clock: Clock,
): IceServerSource {
  let last: { readonly answer: IceServers; readonly renewAt: number } | null = null;
  let asking: Promise<RTCIceServer[]> | null = null;

  async function ask(): Promise<RTCIceServer[]> {
    const result = await fetchServers();
    if (result.ok) {
      // By the server's word on how long, not by this machine's clock alone: never trust it for less than a minute.
      const renewAt = Math.max(result.value.expiresAt - MARGIN, clock.now() + 60_000);
      last = { answer: result.value, renewAt };
    }
    return usable();
  }

  const usable = (): RTCIceServer[] =>
    (last?.answer.iceServers ?? []).map(({ urls, username, credential }) => ({
      urls,
      ...(username === undefined ? {} : { username }),
      ...(credential === undefined ? {} : { credential }),
    }));

  return {
    get() {
      if (last && clock.now() < last.renewAt) return Promise.resolve(usable());
      asking ??= ask().finally(() => (asking = null));
      return asking;
    },
  };
}
