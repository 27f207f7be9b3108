/**
 * Whether an open link is so slow or lossy that the server is the better way: pure. Judged by the answers to our pings,
 * which share the way with the chat; a lost one is sent again and answered late, so loss shows as slowness. It takes much
 * to be called slow and much to be called fine again, so that the way does not flicker.
 */
export interface Quality {
  /** Smoothed round trip, ms; null before the first answer. */
  readonly smooth: number | null;
  readonly answers: number;
  readonly slow: boolean;
}

export const UNMEASURED: Quality = { smooth: null, answers: 0, slow: false };

/** Above this a link is slow, below that it is fine again; ms. */
const SLOW = 1_500;
const FINE = 600;
/** Of the newest answer in the smoothed round trip. */
const SHARE = 0.3;
/** Fewer say little: the first ones meet the opening. */
const ENOUGH = 4;

export function answered({ smooth, answers, slow }: Quality, rtt: number): Quality {
  const next = smooth === null ? rtt : smooth + SHARE * (rtt - smooth);
  const still = slow ? next > FINE : next > SLOW && answers + 1 >= ENOUGH;
  return { smooth: next, answers: answers + 1, slow: still };
}
