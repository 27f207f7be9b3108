/** Who is signed in to this browser: remembered for the next start, the same in all tabs, confirmed by the server. */
import * as v from 'valibot';
import { meSchema } from '../../signaling/protocol/http.ts';
import type { Me } from '../../signaling/protocol/http.ts';
import type { SessionState } from './model.ts';
import type { Keep } from './platform.ts';

const KEY = 'holler.me';

export function rememberedSession(keep: Keep): SessionState {
  try {
    const parsed = v.safeParse(meSchema, JSON.parse(keep.get(KEY) ?? 'null'));
    return parsed.success ? { state: 'signed-in', me: parsed.output } : { state: 'unknown' };
  } catch {
    return { state: 'unknown' };
  }
}

export function remember(keep: Keep, session: SessionState): void {
  if (session.state === 'signed-in') keep.set(KEY, JSON.stringify(session.me));
  else keep.remove(KEY);
}

/** The same person on the same sign-in: then a change is only one of their profile. */
export function isSame(session: SessionState, me: Me): boolean {
  return session.state === 'signed-in' && session.me.id === me.id && session.me.deviceId === me.deviceId;
}
