/** Tells the server whether the person is at any tab, and what they chose to show, once there is a connection. */
import type { Socket } from './signaling/socket.ts';
import type { LiveState } from './tabs/bus.ts';

type Chosen = LiveState['me']['presence'];

export interface OwnPresence {
  isIdle(): boolean;
  setIdle(idle: boolean): void;
  choose(presence: Chosen): void;
  /** At the beginning of a connection. */
  report(): void;
}

export function createOwnPresence({ tell }: Pick<Socket, 'tell'>): OwnPresence {
  let idle = false;
  /** What the server was not told yet. */
  let chosen: Chosen | null = null;

  function report(): void {
    const sent = tell({ type: 'set-presence', idle, ...(chosen === null ? {} : { chosen }) });
    if (sent) chosen = null;
  }

  return {
    isIdle: () => idle,
    setIdle(now) {
      idle = now;
      report();
    },
    choose(presence) {
      chosen = presence;
      report();
    },
    report,
  };
}
