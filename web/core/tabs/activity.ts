/** Whether the person is at this tab: it is visible and was touched within the last minutes. */
import { TIMES } from '../../../signaling/protocol/limits.ts';
import type { PageEvents, Timers } from '../platform.ts';
import type { Scope } from '../scope.ts';
import { cell } from '../value.ts';
import type { Value } from '../value.ts';

interface Needs {
  readonly page: PageEvents;
  readonly timers: Timers;
  readonly scope: Scope;
}

export function createActivity({ page, timers, scope }: Needs): Value<boolean> {
  const active = cell(page.visible());
  let cancel = (): void => undefined;

  function awake(): void {
    cancel();
    active.set(page.visible());
    cancel = timers.after(TIMES.idleAfter, () => active.set(false));
  }

  awake();
  scope.own(page.onActivity(awake));
  scope.own(page.onVisibility(awake));
  scope.own(() => cancel());
  return active;
}
