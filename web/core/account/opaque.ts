/** The password's side of OPAQUE. Loaded when a password is used, since it weighs more than the rest of core. */
import type * as OpaqueModule from '@serenity-kit/opaque';
import type { Result } from '../model.ts';
import { fail, ok } from '../result.ts';

export type Opaque = typeof OpaqueModule;

export async function loadOpaque(): Promise<Result<Opaque>> {
  try {
    const opaque = await import('@serenity-kit/opaque');
    await opaque.ready;
    return ok(opaque);
  } catch {
    // The script did not arrive; the next try fetches it again.
    return fail('network');
  }
}

/** `respond` carries the request to the server and brings back its response. */
export async function registerPassword(
  opaque: Opaque,
  password: string,
  respond: (registrationRequest: string) => Promise<Result<string>>,
): Promise<Result<{ registrationRecord: string; exportKey: string }>> {
  const { clientRegistrationState, registrationRequest } = opaque.client.startRegistration({ password });
  const response = await respond(registrationRequest);
  if (!response.ok) return response;
  try {
    const { registrationRecord, exportKey } = opaque.client.finishRegistration({
      clientRegistrationState,
      registrationResponse: response.value,
      password,
    });
    return ok({ registrationRecord, exportKey });
  } catch {
    // The response is not one of OPAQUE's.
    return fail('internal');
  }
}

interface LoginResponse {
  readonly loginId: string;
  readonly loginResponse: string;
}
interface Proof {
  readonly loginId: string;
  readonly finishLoginRequest: string;
}
/** `exportKey`: a secret that only the password yields, and the server never has (RFC 9807 section 3.2). */
export interface Proved {
  readonly proof: Proof;
  readonly exportKey: string;
}

export async function provePassword(
  opaque: Opaque,
  password: string,
  respond: (startLoginRequest: string) => Promise<Result<LoginResponse>>,
): Promise<Result<Proved>> {
  const { clientLoginState, startLoginRequest } = opaque.client.startLogin({ password });
  const response = await respond(startLoginRequest);
  if (!response.ok) return response;
  const { loginId, loginResponse } = response.value;
  try {
    const finished = opaque.client.finishLogin({ clientLoginState, loginResponse, password });
    return finished
      ? ok({
          proof: { loginId, finishLoginRequest: finished.finishLoginRequest },
          exportKey: finished.exportKey,
        })
      : fail('wrong-credentials');
  } catch {
    return fail('internal');
  }
}
