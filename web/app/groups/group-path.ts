/** The ways to the members of a group, summed up for the line in its head. Pure. */
import type { PathState } from '../../core/model.ts';

export type Path = PathState['path'];

export interface GroupPath {
  /** As the line is drawn: the weakest of the ways to those who are here. */
  readonly line: Path;
  /** Members other than oneself, by the way to them. */
  readonly direct: number;
  /** Reached now, by whatever way. */
  readonly here: number;
  readonly all: number;
}

/** From the weakest on. */
const LIVE: readonly Path[] = ['server', 'relayed', 'connecting', 'direct'];

/** `open`: a public room, whose members are strangers and reach each other by the server alone. */
export function groupPath(
  others: readonly string[],
  paths: ReadonlyMap<string, PathState>,
  open = false,
): GroupPath {
  const ways = others.map((id) => paths.get(id)?.path ?? 'idle');
  const resting = open ? 'server' : ways.includes('mailbox') ? 'mailbox' : 'idle';
  const line = LIVE.find((path) => ways.includes(path)) ?? resting;
  return {
    line,
    direct: ways.filter((path) => path === 'direct').length,
    here: ways.filter((path) => path === 'direct' || path === 'relayed' || path === 'server').length,
    all: others.length,
  };
}

/** The order in which the ways are listed. */
export const LIVE_FIRST: readonly Path[] = ['direct', 'relayed', 'server', 'connecting', 'mailbox', 'idle'];
