/** Lets each notice be shown by exactly one tab: a visible one if there is any, else the leading one. */
import type { Notice } from '../model.ts';
import type { PageEvents, Timers } from '../platform.ts';
import type { Scope } from '../scope.ts';
import type { Bus } from './bus.ts';

/** How long a visible tab may take to come forward. */
const CLAIM_WITHIN = 100;

interface Needs {
  readonly tab: string;
  readonly page: PageEvents;
  readonly timers: Timers;
  readonly scope: Scope;
  readonly bus: Bus;
  readonly newId: () => string;
  readonly show: (notice: Notice) => void;
}

export interface Notices {
  /** Called in the leading tab only. */
  raise(notice: Notice): void;
}

export function createNotices({ tab, page, timers, scope, bus, newId, show }: Needs): Notices {
  /** Offered by this tab and not granted yet. */
  const offered = new Map<string, { notice: Notice; cancel: () => void }>();
  /** Claimed by this tab and not yet granted to anyone. */
  const claimed = new Map<string, Notice>();
  scope.own(() => offered.forEach(({ cancel }) => cancel()));

  scope.own(
    bus.onMessage((message) => {
      switch (message.kind) {
        case 'notice-offer':
          if (!page.visible()) return;
          claimed.set(message.id, message.notice);
          bus.post({ kind: 'notice-claim', id: message.id, tab });
          return;
        case 'notice-claim': {
          const offer = offered.get(message.id);
          if (!offer) return;
          offer.cancel();
          offered.delete(message.id);
          bus.post({ kind: 'notice-grant', id: message.id, tab: message.tab });
          return;
        }
        case 'notice-grant': {
          const notice = claimed.get(message.id);
          claimed.delete(message.id);
          if (notice && message.tab === tab) show(notice);
        }
      }
    }),
  );

  return {
    raise(notice) {
      if (page.visible()) {
        show(notice);
        return;
      }
      const id = newId();
      const cancel = timers.after(CLAIM_WITHIN, () => {
        offered.delete(id);
        show(notice);
      });
      offered.set(id, { notice, cancel });
      bus.post({ kind: 'notice-offer', id, notice });
    },
  };
}
