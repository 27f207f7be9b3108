/** The server's half of OPAQUE. The password never comes here; malformed messages become null. */
import * as opaque from '@serenity-kit/opaque';

export interface OpaqueServer {
  registrationResponse(userIdentifier: string, request: string): string | null;
  /** With `record` null the answer is made up, and cannot be told from a real one. */
  startLogin(
    userIdentifier: string,
    record: string | null,
    request: string,
  ): { readonly state: string; readonly response: string } | null;
  /** Whether the proof shows that the password is known. */
  finishLogin(state: string, proof: string): boolean;
  /** Whether a record can be used for logging in at all; a broken one would lock its owner out. */
  isRecord(record: string): boolean;
}

export async function newOpaqueSetup(): Promise<string> {
  await opaque.ready;
  return opaque.server.createSetup();
}

export async function createOpaqueServer(serverSetup: string): Promise<OpaqueServer> {
  await opaque.ready;
  const startLogin = (userIdentifier: string, record: string | null, startLoginRequest: string) =>
    attempt(() =>
      opaque.server.startLogin({
        serverSetup,
        userIdentifier,
        registrationRecord: record,
        startLoginRequest,
      }),
    );
  return {
    registrationResponse: (userIdentifier, registrationRequest) =>
      attempt(() =>
        opaque.server.createRegistrationResponse({ serverSetup, userIdentifier, registrationRequest }),
      )?.registrationResponse ?? null,
    startLogin: (userIdentifier, record, request) => {
      const started = startLogin(userIdentifier, record, request);
      return started === null ? null : { state: started.serverLoginState, response: started.loginResponse };
    },
    finishLogin: (serverLoginState, finishLoginRequest) =>
      attempt(() => opaque.server.finishLogin({ serverLoginState, finishLoginRequest })) !== null,
    isRecord: (record) => {
      const { startLoginRequest } = opaque.client.startLogin({ password: 'any' });
      return startLogin('any', record, startLoginRequest) !== null;
    },
  };
}

/** The library throws on every malformed or wrong message; those are answers here. */
function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
