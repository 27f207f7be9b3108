/** Keeps the host's STUN and TURN servers at hand and renews them before their credentials expire. */
import type { IceServers } from '../../../signaling/protocol/http.ts';
import type { Clock } from '../platform.ts';
import type { Result } from '../model.ts';

/** Credentials must outlive the setting up of a link that uses them. */
const MARGIN = 2 * 60_000;
/** How long they hold is told by the server's clock, of which this machine's may be hours behind or ahead. */
const RENEW_WITHIN = { least: 60_000, most: 30 * 60_000 };

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
      const holds = result.value.expiresAt - MARGIN - clock.now();
      const renewIn = Math.min(RENEW_WITHIN.most, Math.max(RENEW_WITHIN.least, holds));
      last = { answer: result.value, renewAt: clock.monotonic() + renewIn };
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
      if (last && clock.monotonic() < last.renewAt) return Promise.resolve(usable());
      asking ??= ask().finally(() => (asking = null));
      return asking;
    },
  };
}
