/** Locks between tabs where Web Locks are missing: a lease in localStorage that its holder keeps renewing. */
import type { Clock, Keep, Locks, Random, Timers } from '../platform.ts';

const RENEW_EVERY = 1_000;
const LEASE = 3_500;
/** Between taking a lease and believing in it: two tabs may have written at the same moment, the last one wins. */
const SETTLE = 150;

interface Needs {
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: Timers;
  readonly keep: Keep;
}

export function leaseLocks({ clock, random, timers, keep }: Needs): Locks {
  return {
    acquire(name, onHeld) {
      const key = `holler.lease.${name}`;
      const mine = String(random.fraction());
      let state: 'waiting' | 'settling' | 'held' = 'waiting';
      let released = false;
      let cancel = (): void => undefined;

      const holder = (): string | null => {
        const [owner, until] = (keep.get(key) ?? '').split(' ');
        return owner && Number(until) > clock.now() ? owner : null;
      };
      const renew = (): void => keep.set(key, `${mine} ${clock.now() + LEASE}`);

      const tick = (): void => {
        const owner = holder();
        if (owner !== null && owner !== mine) {
          // A holder that slept past its lease keeps what it has; the server ends the doubled socket.
          if (state === 'settling') state = 'waiting';
        } else {
          renew();
          if (state === 'settling') {
            state = 'held';
            onHeld();
          } else if (state === 'waiting') state = 'settling';
        }
        // `onHeld` may have given it back already.
        if (!released) cancel = timers.after(state === 'settling' ? SETTLE : RENEW_EVERY, tick);
      };
      tick();

      return () => {
        released = true;
        cancel();
        if (holder() === mine) keep.remove(key);
      };
    },
  };
}
