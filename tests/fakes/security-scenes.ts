/** Trust in every state, for the gallery: what scenes.ts shows of keys and comparisons. */
import type { SecurityState, Trust, Verification } from '../../web/core/model.ts';
import { QR, SEVEN, type SecurityScene } from './security.ts';

const TRUST: ReadonlyMap<string, Trust> = new Map<string, Trust>([
  ['lin', 'verified'],
  ['tom', 'first-use'],
  ['noor', 'first-use'],
  ['maximilian', 'verified'],
  ['jose', 'first-use'],
  ['guest1', 'first-use'],
]);

export const SECURITY: SecurityScene = {
  state: { state: 'ready', recoverable: true, code: false },
  trust: TRUST,
  verification: null,
};

const OWN = 'me-000000000000000000a';
const device = (state: SecurityState): SecurityScene => ({ ...SECURITY, state });
const comparison = (phase: Verification['phase'], userId = 'tom'): SecurityScene => ({
  ...SECURITY,
  verification: { userId, phase },
});

export const SECURITY_SCENES: Readonly<Record<string, SecurityScene>> = {
  'identity-changed': {
    ...SECURITY,
    trust: new Map<string, Trust>([...TRUST, ['lin', 'changed'], ['jose', 'changed']]),
  },
  asked: comparison({ at: 'asked' }),
  'asked-device': comparison({ at: 'asked' }, OWN),
  waiting: comparison({ at: 'waiting' }),
  disproved: { ...SECURITY, trust: new Map<string, Trust>([...TRUST, ['jose', 'disproved']]) },
  choosing: comparison({ at: 'choosing', code: QR }),
  'choosing-device': comparison({ at: 'choosing', code: QR }, OWN),
  scanned: comparison({ at: 'scanned' }),
  comparing: comparison({ at: 'comparing', emoji: SEVEN }),
  'comparing-device': comparison({ at: 'comparing', emoji: SEVEN }, OWN),
  compared: comparison({ at: 'done' }),
  'ended-declined': comparison({ at: 'ended', why: 'declined' }),
  'ended-different': comparison({ at: 'ended', why: 'different' }),
  'ended-timeout': comparison({ at: 'ended', why: 'timeout' }),
  'ended-failed': comparison({ at: 'ended', why: 'failed' }),
  'keys-starting': device({ state: 'starting' }),
  'keys-failed': device({ state: 'failed' }),
  locked: device({ state: 'needs-restore', byPassword: true, byCode: true }),
  'locked-code': device({ state: 'needs-restore', byPassword: false, byCode: true }),
  'locked-out': device({ state: 'needs-restore', byPassword: false, byCode: false }),
  'no-recovery': device({ state: 'ready', recoverable: false, code: false }),
  'with-code': device({ state: 'ready', recoverable: true, code: true }),
};
