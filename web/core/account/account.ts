/** What a person can do about their account: come in, go out, change and end it, see their devices. */
import * as http from '../../../signaling/protocol/http.ts';
import { parseUserName } from '../../../signaling/protocol/user-name.ts';
import type { Device, Me } from '../../../signaling/protocol/http.ts';
import type { ResealedVault } from '../../../signaling/protocol/vault.ts';
import { parseInviteCode } from '../invite-code.ts';
import type { Account, Result } from '../model.ts';
import { DONE, fail, mapOk, ok } from '../result.ts';
import type { Http } from '../signaling/http.ts';
import { loadOpaque, provePassword, registerPassword } from './opaque.ts';
import type { Opaque, Proved } from './opaque.ts';

/** Below this no password is taken; how good a longer one is, the page judges as it is typed. */
const PASSWORD_MIN = 8;

interface Needs {
  readonly http: Http;
  readonly device: { readonly name: string; readonly clientVersion: string };
  readonly me: () => Me | null;
  /** `exportKey`: what the password yields and opens the account's secrets with; null for a guest. */
  readonly signedIn: (me: Me, exportKey: string | null) => void;
  /** A guest came in by a link with this secret. */
  readonly cameBy: (secret: string) => void;
  /** The account's secrets for what the next password yields, if what this one does opens them. */
  readonly reseal: (
    me: Me,
    exportKeys: { readonly from: string; readonly to: string },
  ) => Promise<Result<ResealedVault | null>>;
  /** The password is another one, and so is what it yields. */
  readonly passwordChanged: (exportKey: string) => void;
  /** Own devices were logged out: friends should hear of it from this one, too. */
  readonly devicesRemoved: (deviceIds: readonly string[]) => void;
  readonly changed: (me: Me) => void;
  readonly signedOut: () => Promise<void>;
  /** The socket may have told before that this session is over. */
  readonly deleted: (accountId: string | undefined) => Promise<void>;
}

export interface OwnAccount extends Account {
  /** The password of the person who is signed in, proved again. */
  readonly proveOwn: (password: string) => Promise<Result<Proved>>;
}

export function createAccount(needs: Needs): OwnAccount {
  const { http: api, device } = needs;

  function prove(userName: string, password: string) {
    return withOpaque((opaque) =>
      provePassword(opaque, password, (startLoginRequest) =>
        api.ask('POST', '/api/auth/login/start', http.loginStartAnswerSchema, {
          userName,
          startLoginRequest,
        }),
      ),
    );
  }

  async function come(entered: Promise<Result<Me>>, exportKey: string | null): Promise<Result<Me>> {
    const result = await entered;
    if (result.ok) needs.signedIn(result.value, exportKey);
    return result;
  }

  function proveOwn(password: string) {
    const userName = needs.me()?.userName;
    return userName ? prove(userName, password) : Promise.resolve<Result<Proved>>(fail('unauthenticated'));
  }

  const listDevices = async (): Promise<Result<readonly Device[]>> =>
    mapOk(await api.ask('GET', '/api/devices', http.devicesSchema), (answer) => answer.devices);

  return {
    proveOwn,
    info: () => api.ask('GET', '/api/info', http.infoSchema),

    async register({ userName, displayName, password, invite }) {
      const name = parseUserName(userName);
      if (!name.ok) return fail(name.problem);
      if (password.length < PASSWORD_MIN) return fail('password-weak');
      const code = invite === undefined ? null : parseInviteCode(invite);
      if (invite !== undefined && code === null) return fail('link-malformed');
      const withInvite = code === null ? {} : { invite: code.code };
      const record = await withOpaque((opaque) =>
        registerPassword(opaque, password, async (registrationRequest) =>
          mapOk(
            await api.ask('POST', '/api/auth/register/start', http.registerStartAnswerSchema, {
              userName: name.name,
              registrationRequest,
              ...withInvite,
            }),
            (answer) => answer.registrationResponse,
          ),
        ),
      );
      if (!record.ok) return record;
      const { registrationRecord, exportKey } = record.value;
      return come(
        api.ask('POST', '/api/auth/register/finish', http.meSchema, {
          userName: name.name,
          displayName,
          registrationRecord,
          ...withInvite,
          device,
        }),
        exportKey,
      );
    },

    async logIn({ userName, password }) {
      const name = parseUserName(userName);
      // No account can have such a name; the answer is the one that a stranger's name gets.
      if (!name.ok || password === '') return fail('wrong-credentials');
      const proved = await prove(name.name, password);
      if (!proved.ok) return proved;
      const { proof, exportKey } = proved.value;
      return come(api.ask('POST', '/api/auth/login/finish', http.meSchema, { ...proof, device }), exportKey);
    },

    async enterAsGuest({ code: text, displayName }) {
      const invite = parseInviteCode(text);
      if (!invite) return fail('link-malformed');
      const { code, secret } = invite;
      const entered = api.ask('POST', '/api/guest', http.meSchema, { code, displayName, device });
      const result = await come(entered, null);
      if (result.ok && secret !== null) needs.cameBy(secret);
      return result;
    },

    async logOut() {
      const result = await api.tell('POST', '/api/auth/logout');
      // Without the server the cookie would stay alive: say so instead of pretending.
      if (!result.ok && result.failure.code !== 'unauthenticated') return result;
      await needs.signedOut();
      return DONE;
    },

    async changePassword({ current, next }) {
      if (next.length < PASSWORD_MIN) return fail('password-weak');
      const proved = await proveOwn(current);
      if (!proved.ok) return proved;
      const record = await withOpaque((opaque) =>
        registerPassword(opaque, next, async (registrationRequest) =>
          mapOk(
            await api.ask('POST', '/api/auth/password/start', http.registerStartAnswerSchema, {
              registrationRequest,
            }),
            (answer) => answer.registrationResponse,
          ),
        ),
      );
      if (!record.ok) return record;
      const { registrationRecord, exportKey } = record.value;
      const me = needs.me();
      if (!me) return fail('unauthenticated');
      const vault = await needs.reseal(me, { from: proved.value.exportKey, to: exportKey });
      if (!vault.ok) return vault;
      const result = await api.tell('POST', '/api/auth/password/finish', {
        proof: proved.value.proof,
        registrationRecord,
        ...(vault.value && { vault: vault.value }),
      });
      if (result.ok) needs.passwordChanged(exportKey);
      return result;
    },

    async deleteAccount({ password }) {
      const accountId = needs.me()?.id;
      const proved = password === null ? ok(undefined) : await proveOwn(password);
      if (!proved.ok) return proved;
      const body = proved.value ? { proof: proved.value.proof } : {};
      const result = await api.tell('POST', '/api/me/delete', body);
      if (result.ok) await needs.deleted(accountId);
      return result;
    },

    async updateProfile(change) {
      const result = await api.ask('PATCH', '/api/me', http.meSchema, change);
      if (result.ok) needs.changed(result.value);
      return result;
    },

    devices: listDevices,
    async logOutDevice(deviceId) {
      const result = await api.tell('DELETE', `/api/devices/${encodeURIComponent(deviceId)}`);
      if (result.ok && deviceId === needs.me()?.deviceId) await needs.signedOut();
      else if (result.ok) needs.devicesRemoved([deviceId]);
      return result;
    },
    async logOutOtherDevices() {
      const before = await listDevices();
      const result = await api.tell('DELETE', '/api/devices');
      if (result.ok && before.ok) {
        needs.devicesRemoved(before.value.filter(({ current }) => !current).map(({ id }) => id));
      }
      return result;
    },
  };
}

async function withOpaque<T>(work: (opaque: Opaque) => Promise<Result<T>>): Promise<Result<T>> {
  const opaque = await loadOpaque();
  return opaque.ok ? work(opaque.value) : opaque;
}
