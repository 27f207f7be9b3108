/** The leading tab's view of all tabs: which conversations are open anywhere, and whether the person is at any of them. */
import type { Clock, Timers } from '../platform.ts';
import type { Scope } from '../scope.ts';
import type { TabReport } from './bus.ts';

/** Hidden tabs may run timers only once a minute. */
export const REPORT_EVERY = 50_000;
const FORGET_AFTER = 3 * 60_000;

interface Needs {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly scope: Scope;
  readonly onHold: (conversationId: string, held: boolean) => void;
  readonly onActive: (active: boolean) => void;
}

export interface Reports {
  take(report: TabReport): void;
  left(tab: string): void;
}

export function createReports({ clock, timers, scope, onHold, onActive }: Needs): Reports {
  const tabs = new Map<string, TabReport & { readonly at: number }>();
  let held: ReadonlySet<string> = new Set();
  let active: boolean | null = null;
  let cancel = (): void => undefined;
  scope.own(() => cancel());

  function conclude(): void {
    const reports = [...tabs.values()];
    const before = held;
    held = new Set(reports.flatMap(({ holds }) => holds));
    for (const conversationId of before) if (!held.has(conversationId)) onHold(conversationId, false);
    for (const conversationId of held) if (!before.has(conversationId)) onHold(conversationId, true);
    const now = reports.some((report) => report.active);
    if (now !== active) onActive((active = now));
  }

  function forgetVanished(): void {
    for (const [tab, { at }] of tabs) if (clock.monotonic() - at > FORGET_AFTER) tabs.delete(tab);
    conclude();
    cancel = timers.after(REPORT_EVERY, forgetVanished);
  }
  cancel = timers.after(REPORT_EVERY, forgetVanished);

  return {
    take(report) {
      tabs.set(report.tab, { ...report, at: clock.monotonic() });
      conclude();
    },
    left(tab) {
      if (tabs.delete(tab)) conclude();
    },
  };
}
