/** Logging in takes the same steps whether or not there is such a user, and is slowed down alike. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../db/client.ts';
import { TokenBuckets } from '../limits/token-buckets.ts';
import { refuse } from '../outcome.ts';
import { AuthService } from './auth-service.ts';
import { LoginAttempts } from './login-attempts.ts';
import type { OpaqueServer } from './opaque.ts';
import { Sessions } from './sessions.ts';

let steps: string[];
let now: number;
let known: { id: string; opaqueRecord: string } | null;
let auth: AuthService;

/** Answers every question with who is `known`. */
const db: Database = {
  query: <T>() => {
    steps.push('query');
    return Promise.resolve(known as T);
  },
  transaction: () => Promise.reject(new Error('nobody gets in')),
  ping: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/** No proof is ever right. */
const opaque: OpaqueServer = {
  registrationResponse: () => null,
  startLogin: (_userIdentifier, record) => {
    steps.push('start');
    return { state: `state of ${record}`, response: 'response' };
  },
  finishLogin: () => {
    steps.push('finish');
    return false;
  },
  isRecord: () => true,
};

beforeEach(() => {
  steps = [];
  now = 0;
  known = null;
  const clock = (): number => now;
  auth = new AuthService({
    db,
    opaque,
    sessions: new Sessions(db, clock, { devicesGone: () => undefined }),
    attempts: new LoginAttempts(clock),
    buckets: new TokenBuckets(clock),
    invites: { isValid: () => Promise.resolve(false), accept: () => Promise.resolve(refuse('not-found')) },
    registration: 'open',
    rateFactor: 1,
    now: clock,
    people: { remove: () => Promise.resolve() },
  });
});

const start = (userName: string) => auth.loginStart({ userName, startLoginRequest: 'request' });

async function attempt(userName: string) {
  steps = [];
  const started = await start(userName);
  if (!started.ok) return { refusal: started.refusal, steps };
  const proof = { loginId: started.value.loginId, finishLoginRequest: 'proof' };
  const device = { name: 'x', clientVersion: 'x' };
  const finished = await auth.loginFinish({ ...proof, device }, { address: '', token: null });
  return { refusal: finished.ok ? null : finished.refusal, steps };
}

describe('logging in', () => {
  it('takes the same steps for a wrong password, an unknown user and a name that nobody can have', async () => {
    known = { id: 'ann', opaqueRecord: 'record' };
    const wrong = await attempt('ann');
    known = null;
    const unknown = await attempt('nobody');
    const impossible = await attempt('no body at all!');
    expect(wrong).toEqual({ refusal: { code: 'wrong-credentials' }, steps: ['query', 'start', 'finish'] });
    expect(unknown).toEqual(wrong);
    expect(impossible).toEqual(wrong);
  });

  it('is slowed down per name, alike for one that exists and one that does not, and comes back with time', async () => {
    const waits = [];
    for (const [name, person] of [
      ['ann', { id: 'ann', opaqueRecord: 'record' }],
      ['nobody', null],
    ] as const) {
      known = person;
      for (let i = 0; i < 10; i++) expect((await start(name)).ok).toBe(true);
      // Nor does another spelling of the name help.
      waits.push([await start(name), await start(name.toUpperCase())]);
    }
    expect(waits[0]).toEqual(waits[1]);
    expect(waits[0]?.[0]).toEqual({ ok: false, refusal: { code: 'rate-limited', retryAfter: 6 } });
    now = 6_000;
    expect((await start('ann')).ok).toBe(true);
  });

  it('takes a proof for an attempt once', async () => {
    const started = await start('ann');
    const proof = { loginId: started.ok ? started.value.loginId : '', finishLoginRequest: 'proof' };
    const finish = () =>
      auth.loginFinish({ ...proof, device: { name: 'x', clientVersion: 'x' } }, { address: '', token: null });
    expect(await finish()).toMatchObject({ refusal: { code: 'wrong-credentials' } });
    expect(await finish()).toMatchObject({ refusal: { code: 'login-expired' } });
  });
});
