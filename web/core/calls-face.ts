/** The page's face of calls: they run in the leading tab, and another tab can only say so. */
import type { CallHub } from './call/calls.ts';
import type { CallProblem, CallView, Calls } from './model.ts';
import type { MediaAccess } from './platform.ts';
import type { Value } from './value.ts';

export function createCallsFace(
  current: Value<CallView | null>,
  ringingElsewhere: Value<string | null>,
  hub: () => CallHub | null,
  media: MediaAccess | null,
): Calls {
  const elsewhere = Promise.resolve<CallProblem>('other-tab');
  return {
    current,
    ringingElsewhere,
    ring: (friendId, kind) => hub()?.ring(friendId, kind) ?? elsewhere,
    answer: (kind) => hub()?.answer(kind) ?? elsewhere,
    end: () => hub()?.end(),
    setMuted: (muted) => hub()?.setMuted(muted),
    setCamera: (on) => hub()?.setCamera(on) ?? elsewhere,
    setScreen: (on) => hub()?.setScreen(on) ?? elsewhere,
    choose: (kind, deviceId) => hub()?.choose(kind, deviceId) ?? elsewhere,
    onDevices: (listener) => media?.onDevices(listener) ?? (() => undefined),
    devices: () => media?.devices() ?? Promise.resolve([]),
  };
}
