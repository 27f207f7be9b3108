/** Trust and keys without an engine: each action leads at once to where the real one leads in the end. */
import type { Result, Security, SecurityState, Trust, Verification } from '../../web/core/model.ts';
import { fail } from '../../web/core/result.ts';
import { cell } from '../../web/core/value.ts';

export interface SecurityScene {
  readonly state: SecurityState;
  readonly trust: ReadonlyMap<string, Trust>;
  readonly verification: Verification | null;
}

/** What the other side makes happen. */
export interface FakeSecurity extends Security {
  readonly show: (verification: Verification) => void;
}

export const SEVEN: Extract<Verification['phase'], { at: 'comparing' }>['emoji'] = [
  { symbol: '🐙', index: 13 },
  { symbol: '☂️', index: 37 },
  { symbol: '🎅', index: 35 },
  { symbol: '🔧', index: 34 },
  { symbol: '🍓', index: 25 },
  { symbol: '🎧', index: 61 },
  { symbol: '🐙', index: 13 },
];

/** As long as a real one. */
export const QR = `holler-verify:${'TUFUUklYAgEAZmxvdy'.repeat(9)}`;

const CODE = '0F7K2-9QXWM-3TBCD-RNZ8Y-P5GJ6-H4';

export function fakeSecurity(
  scene: SecurityScene,
  answer: <T>(value: T) => Promise<Result<T>>,
): FakeSecurity {
  const state = cell<SecurityState>(scene.state);
  const trust = cell<ReadonlyMap<string, Trust>>(scene.trust);
  const verification = cell<Verification | null>(scene.verification);
  const move = (phase: Verification['phase']) =>
    verification.update((current) => (current === null ? null : { ...current, phase }));
  const believe = (userId: string, how: Trust) =>
    trust.update((current) => new Map(current).set(userId, how));
  const makeReady = async (code: boolean): Promise<Result> => {
    const result = await answer(undefined);
    if (result.ok) state.set({ state: 'ready', recoverable: true, code });
    return result;
  };
  return {
    state,
    trust,
    verification,
    show: (next) => verification.set(next),
    verify: (userId) => verification.set({ userId, phase: { at: 'waiting' } }),
    agree: () => move({ at: 'choosing', code: QR }),
    compare: () => move({ at: 'comparing', emoji: SEVEN }),
    scan: (text) => {
      if (text !== QR) return Promise.resolve(fail('bad-request'));
      move({ at: 'waiting' });
      return answer(undefined);
    },
    confirm: () => {
      const userId = verification.get()?.userId;
      if (userId !== undefined) believe(userId, 'verified');
      move({ at: 'done' });
    },
    dismiss: (different) => {
      if (different) move({ at: 'ended', why: 'different' });
      else verification.set(null);
    },
    acceptIdentity: (userId) => believe(userId, 'first-use'),
    restore: () => makeReady(true),
    createRecoveryCode: async () => {
      const result = await answer(CODE);
      if (result.ok) state.set({ state: 'ready', recoverable: true, code: true });
      return result;
    },
    startOver: () => makeReady(false),
  };
}
