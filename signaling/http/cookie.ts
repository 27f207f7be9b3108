/** The session cookie: out of reach of scripts, never sent from other sites. */
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';

/** Browsers take the prefix only over HTTPS; on http://localhost and in a LAN the plain name has to do. */
const nameFor = (secure: boolean) => (secure ? '__Host-holler' : 'holler');

const options = (secure: boolean) => ({ path: '/', httpOnly: true, sameSite: 'Strict', secure }) as const;

export function sessionToken(context: Context, secure: boolean): string | null {
  return getCookie(context, nameFor(secure)) ?? null;
}

export function setSessionCookie(
  context: Context,
  secure: boolean,
  token: string,
  maxAgeSeconds: number,
): void {
  setCookie(context, nameFor(secure), token, { ...options(secure), maxAge: maxAgeSeconds });
}

export function dropSessionCookie(context: Context, secure: boolean): void {
  deleteCookie(context, nameFor(secure), options(secure));
}
