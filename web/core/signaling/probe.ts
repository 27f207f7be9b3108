/** Asks the server who is signed in: at start, and to learn why it refused a socket. */
import { meSchema } from '../../../signaling/protocol/http.ts';
import type { Me } from '../../../signaling/protocol/http.ts';
import type { Failure, Result } from '../model.ts';
import type { Http } from './http.ts';

export function askSession(http: Http): Promise<Result<Me>> {
  return http.ask('GET', '/api/me', meSchema);
}

/** Null if nothing is wrong with the session. */
export async function probeSession(http: Http): Promise<Failure | null> {
  const answer = await askSession(http);
  return answer.ok ? null : answer.failure;
}
