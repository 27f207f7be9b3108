/** Reads what the server says is new in a group, and again after a while what could not be had or believed. */
import { backOffDelay } from '../back-off.ts';
import type { Result } from '../model.ts';
import type { Random, Report, Timers } from '../platform.ts';
import type { Scope } from '../scope.ts';

interface Needs {
  readonly timers: Timers;
  readonly random: Pick<Random, 'fraction'>;
  readonly scope: Scope;
  readonly read: (groupId: string) => Promise<Result>;
  readonly report: Report;
}

/** Reads now, whatever was planned. */
export type Follow = (groupId: string) => void;

const AGAIN = { first: 2_000, max: 300_000 };
/** The server's last word: it does not change with time. */
const FINAL: ReadonlySet<string> = new Set(['not-found', 'forbidden']);

export function createFollowing({ timers, random, scope, read, report }: Needs): Follow {
  /** By group; how often in a row it failed. */
  const failures = new Map<string, number>();
  const planned = new Map<string, () => void>();
  scope.own(() => planned.forEach((cancel) => cancel()));

  async function readNow(groupId: string): Promise<void> {
    planned.get(groupId)?.();
    planned.delete(groupId);
    // What the database refuses is tried again like what the server does not give.
    const done = await read(groupId).catch((error: unknown) => {
      report("reading a group's log", error);
      return null;
    });
    if (done?.ok || (done && FINAL.has(done.failure.code))) failures.delete(groupId);
    else again(groupId);
  }

  function again(groupId: string): void {
    if (planned.has(groupId) || scope.ended) return;
    const failed = (failures.get(groupId) ?? 0) + 1;
    failures.set(groupId, failed);
    const wait = backOffDelay(AGAIN, failed, random.fraction());
    planned.set(
      groupId,
      timers.after(wait, () => void readNow(groupId)),
    );
  }

  return (groupId) => void readNow(groupId);
}
