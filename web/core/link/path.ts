/** Which way messages to a friend take, from the state of the links to their devices: pure. */
import type { PathState } from '../model.ts';
import type { LinkView } from './link.ts';

/** An opening link gets this long before the server's relay takes over. */
export const PATIENCE = 5_000;

export interface PathQuestion {
  /** ms since 1970, for show. */
  readonly now: number;
  /** On the clock that never jumps, as in the links' phases. */
  readonly monotonic: number;
  readonly before: PathState | null;
  readonly links: readonly LinkView[];
  /** Somebody here has the conversation open, or messages wait. */
  readonly wanted: boolean;
  /** This browser has WebRTC. */
  readonly supported: boolean;
  /** This browser is connected to the server. */
  readonly online: boolean;
  /** The friend's devices that the server can reach. */
  readonly devices: readonly string[];
}

export function pathOf(question: PathQuestion): PathState {
  const { before } = question;
  const next = currentPath(question);
  // `since` is when this word began to hold, not when its details last changed.
  const carriedOn = before !== null && 'since' in before && 'since' in next && before.path === next.path;
  return carriedOn ? { ...next, since: before.since } : next;
}

function currentPath(question: PathQuestion): PathState {
  const { now, monotonic, links, wanted, supported, online, devices } = question;
  const linked = links.map((view) => linkedPath(view, now)).find((path) => path !== null);
  const slow = links.every((view) => view.at.phase !== 'open' || view.slow);
  if (linked && slow && online && devices.length > 0) return { path: 'server', since: now, why: 'link-slow' };
  if (linked) return linked;
  const opening = links.some((view) => isHopeful(view, monotonic));
  if (opening) return { path: 'connecting', since: now };
  if (online && devices.length === 0) return { path: 'mailbox' };
  if (!wanted) return { path: 'idle' };
  if (!online) return { path: 'connecting', since: now };
  if (!supported) return { path: 'server', since: now, why: 'unsupported' };
  const troubled = links.find(({ at }) => at.phase !== 'idle');
  if (!troubled) return { path: 'connecting', since: now };
  const why = troubled.at.phase === 'resting' ? troubled.at.why : 'timeout';
  return { path: 'server', since: now, why: why === 'failed' ? 'link-failed' : 'link-timeout' };
}

function linkedPath({ at, pair, rtt }: LinkView, now: number): PathState | null {
  if (at.phase !== 'open' || !pair) return null;
  const relayed = pair.local.type === 'relay' || pair.remote.type === 'relay';
  return {
    path: relayed ? 'relayed' : 'direct',
    since: now,
    local: pair.local,
    remote: pair.remote,
    rtt: rtt ?? pair.rtt,
  };
}

/** Opening for the first time, or mending, and not for long; a retry after failures does not flicker the shown path. */
function isHopeful({ at, failures }: LinkView, monotonic: number): boolean {
  if (at.phase === 'open') return true;
  if (at.phase !== 'opening' && at.phase !== 'recovering') return false;
  return failures === 0 && monotonic - at.since < PATIENCE;
}

type MaybePath = PathState | null | undefined;

export const isLinked = (path: MaybePath): boolean => path?.path === 'direct' || path?.path === 'relayed';

export function samePath(a: MaybePath, b: MaybePath): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}
