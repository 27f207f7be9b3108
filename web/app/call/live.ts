/** Whether there is a call now, rather than one that is over. */
import type { CallView } from '../../core/model.ts';

export function isLive(call: CallView | null): call is CallView {
  return call !== null && call.phase !== 'ended';
}
