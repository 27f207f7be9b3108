/** Routes of accounts: registering, logging in and out, the password, the end. */
import { route, type Route } from '../http/route.ts';
import { done, ok, type Outcome } from '../outcome.ts';
import * as http from '../protocol/http.ts';
import { LIMITS } from '../protocol/limits.ts';
import type { AuthService, SignedIn } from './auth-service.ts';
import type { Sessions } from './sessions.ts';

/** Per address. Making accounts is rarer than logging in. */
const REGISTER_RATE = { burst: 20, perSecond: 1 / 30 };
const LOGIN_RATE = { burst: 30, perSecond: 0.5 };
const PASSWORD_RATE = { burst: 10, perSecond: 1 / 30 };

const withSession = (outcome: Outcome<SignedIn>) =>
  outcome.ok ? { ...ok(outcome.value.me), session: outcome.value.token } : outcome;

export function authRoutes(auth: AuthService, sessions: Sessions): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/auth/register/start',
      summary: 'First step of registering (OPAQUE)',
      access: 'anyone',
      body: http.registerStartSchema,
      answer: http.registerStartAnswerSchema,
      rate: REGISTER_RATE,
      handle: ({ body }) => auth.registerStart(body),
    }),
    route({
      method: 'POST',
      path: '/api/auth/register/finish',
      summary: 'Makes the account and signs in',
      access: 'anyone',
      status: 201,
      body: http.registerFinishSchema,
      answer: http.meSchema,
      rate: REGISTER_RATE,
      handle: async ({ body, client }) => withSession(await auth.registerFinish(body, client)),
    }),
    route({
      method: 'POST',
      path: '/api/auth/login/start',
      summary: 'First step of logging in, or of proving the password again (OPAQUE)',
      access: 'anyone',
      body: http.loginStartSchema,
      answer: http.loginStartAnswerSchema,
      rate: LOGIN_RATE,
      handle: ({ body }) => auth.loginStart(body),
    }),
    route({
      method: 'POST',
      path: '/api/auth/login/finish',
      summary: 'Signs in',
      access: 'anyone',
      body: http.loginFinishSchema,
      answer: http.meSchema,
      rate: LOGIN_RATE,
      handle: async ({ body, client }) => withSession(await auth.loginFinish(body, client)),
    }),
    route({
      method: 'POST',
      path: '/api/auth/logout',
      summary: 'Ends this session',
      access: 'signed-in',
      handle: async ({ me }) => {
        await sessions.end(me.id, { only: me.deviceId });
        return { ...done, session: null };
      },
    }),
    route({
      method: 'POST',
      path: '/api/auth/password/start',
      summary: 'First step of changing the password (OPAQUE)',
      access: 'account',
      body: http.passwordStartSchema,
      answer: http.registerStartAnswerSchema,
      rate: PASSWORD_RATE,
      handle: ({ me, body }) => Promise.resolve(auth.passwordStart(me, body.registrationRequest)),
    }),
    route({
      method: 'POST',
      path: '/api/auth/password/finish',
      summary: 'Changes the password and logs every other device out',
      access: 'account',
      body: http.passwordFinishSchema,
      bodyBytes: LIMITS.passwordBodyBytes,
      rate: PASSWORD_RATE,
      handle: ({ me, body }) => auth.passwordFinish(me, body),
    }),
    route({
      method: 'POST',
      path: '/api/guest',
      summary: 'Enters as a guest, with nothing but a name and a guest invite',
      access: 'anyone',
      status: 201,
      body: http.guestSchema,
      answer: http.meSchema,
      rate: REGISTER_RATE,
      handle: async ({ body, client }) => withSession(await auth.enterAsGuest(body, client)),
    }),
  ];
}
