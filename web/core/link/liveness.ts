/** Asks over the link itself whether the other side is still there: the browser notices a dead way only after 15 s. */
import type { Clock, Timers } from '../platform.ts';
import type { Scope } from '../scope.ts';

const BEAT = 2_000;
/** While something is wrong, so that an end of it is noticed soon. */
const QUICK_BEAT = 500;
/** Silence after which the way is taken for lost: two beats unanswered. */
const SILENCE = 4_500;
/** An answer this recent vouches for the way. */
const FRESH = 3_000;

interface Needs {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly scope: Scope;
  /** Whether this side wants the link kept. */
  readonly held: () => boolean;
  readonly send: (ping: { type: 'ping'; n: number; held: boolean }) => boolean;
  /** Told at every beat of a silence, not only at its first. */
  readonly onSilent: () => void;
  /** A ping was answered after so many milliseconds. */
  readonly onAnswer: (rtt: number) => void;
}

export interface Liveness {
  start(): void;
  ping(): void;
  /** Anything came from the other side. */
  heard(): void;
  answered(n: number): void;
  fresh(): boolean;
}

export function createLiveness({ clock, timers, scope, held, send, onSilent, onAnswer }: Needs): Liveness {
  const sentAt = new Map<number, number>();
  let n = 0;
  let started = false;
  let lastHeard = clock.monotonic();
  let cancel = (): void => undefined;
  scope.own(() => cancel());

  const silence = (): number => clock.monotonic() - lastHeard;

  function ping(): void {
    if (!started || scope.ended) return;
    n += 1;
    sentAt.set(n, clock.monotonic());
    // Those never answered must not gather.
    sentAt.delete(n - 32);
    send({ type: 'ping', n, held: held() });
  }

  function beat(): void {
    ping();
    if (silence() > SILENCE) onSilent();
    if (scope.ended) return;
    cancel = timers.after(silence() > BEAT * 1.5 ? QUICK_BEAT : BEAT, beat);
  }

  return {
    start() {
      if (started) return;
      started = true;
      lastHeard = clock.monotonic();
      beat();
    },
    ping,
    heard: () => (lastHeard = clock.monotonic()),
    answered(answer) {
      const at = sentAt.get(answer);
      if (at === undefined) return;
      sentAt.delete(answer);
      onAnswer(clock.monotonic() - at);
    },
    fresh: () => started && silence() < FRESH,
  };
}
