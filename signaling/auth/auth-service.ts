/** Accounts: register, log in, prove the password again, change it, leave for good. */
import type { Database } from '../../db/client.ts';
import { isConflict } from '../../db/storage-error.ts';
import { newId } from '../ids.ts';
import type { TokenBuckets } from '../limits/token-buckets.ts';
import { scaled } from '../limits/token-buckets.ts';
import { done, ok, refuse, type Outcome } from '../outcome.ts';
import type { Me } from '../protocol/http.ts';
import { parseUserName } from '../protocol/user-name.ts';
import type { ResealedVault } from '../protocol/vault.ts';
import type { InviteGate } from '../invites/invite-gate.ts';
import { resealVault } from '../keys/vault.ts';
import * as store from './auth-store.ts';
import type { LoginAttempt, LoginAttempts } from './login-attempts.ts';
import { meOf } from './me.ts';
import type { OpaqueServer } from './opaque.ts';
import { GUEST_LIFETIME_MS, type DeviceInfo, type Sessions } from './sessions.ts';

export interface AuthSurroundings {
  readonly db: Database;
  readonly opaque: OpaqueServer;
  readonly sessions: Sessions;
  readonly attempts: LoginAttempts;
  readonly buckets: TokenBuckets;
  readonly invites: InviteGate;
  readonly registration: 'open' | 'invite' | 'closed';
  readonly rateFactor: number;
  readonly now: () => number;
  readonly people: PeopleRemover;
}

/** Deletes people and everything of them, in the database, on sockets and in friends' lists. */
export interface PeopleRemover {
  remove(ids: readonly string[]): Promise<void>;
}

export interface SignedIn {
  readonly me: Me;
  readonly token: string;
}
export interface LoginProof {
  readonly loginId: string;
  readonly finishLoginRequest: string;
}

/** Slows down guessing at one account, from however many addresses; the same whether or not it exists. */
const LOGIN_PER_NAME = { burst: 10, perSecond: 1 / 6 };

export class AuthService {
  constructor(private readonly around: AuthSurroundings) {}

  // --- Registering ---------------------------------------------------------------------------------------------

  async registerStart(form: {
    userName: string;
    registrationRequest: string;
    invite?: string | undefined;
  }): Promise<Outcome<{ registrationResponse: string }>> {
    const allowed = await this.mayRegister(form.invite);
    if (!allowed.ok) return allowed;
    const name = parseUserName(form.userName);
    if (!name.ok) return refuse(name.problem);
    const taken = await this.around.db.query((q) => store.takenName(q, name.name, name.skeleton));
    if (taken !== null) return refuse(taken);
    const response = this.around.opaque.registrationResponse(name.name, form.registrationRequest);
    return response === null ? refuse('bad-request') : ok({ registrationResponse: response });
  }

  async registerFinish(
    form: {
      userName: string;
      displayName: string;
      registrationRecord: string;
      invite?: string | undefined;
      device: DeviceInfo;
    },
    client: { address: string; token: string | null },
  ): Promise<Outcome<SignedIn>> {
    const allowed = await this.mayRegister(form.invite);
    if (!allowed.ok) return allowed;
    const name = parseUserName(form.userName);
    if (!name.ok) return refuse(name.problem);
    if (!this.around.opaque.isRecord(form.registrationRecord)) return refuse('bad-request');
    const person: store.NewPerson = {
      id: newId(),
      kind: 'account',
      userName: name.name,
      skeleton: name.skeleton,
      displayName: form.displayName,
      opaqueRecord: form.registrationRecord,
      createdAt: this.around.now(),
    };
    try {
      const signedIn = await this.enter(person, form.device, client);
      if (form.invite !== undefined) await this.around.invites.accept(form.invite, signedIn.me.id);
      return ok(signedIn);
    } catch (error) {
      // Two that took the name between start and finish: the constraint decides.
      if (isConflict(error, 'people_user_name_unique')) return refuse('user-name-taken');
      if (isConflict(error, 'people_skeleton_unique')) return refuse('user-name-look-alike');
      throw error;
    }
  }

  private async mayRegister(invite: string | undefined): Promise<Outcome<undefined>> {
    const { registration, invites } = this.around;
    if (registration === 'closed') return refuse('registration-closed');
    if (invite !== undefined) return (await invites.isValid(invite)) ? done : refuse('invite-invalid');
    return registration === 'open' ? done : refuse('registration-closed');
  }

  async enterAsGuest(
    form: { code: string; displayName: string; device: DeviceInfo },
    client: { address: string; token: string | null },
  ): Promise<Outcome<SignedIn>> {
    if (!(await this.around.invites.isValid(form.code, 'guest'))) return refuse('invite-invalid');
    const now = this.around.now();
    const guest: store.NewPerson = {
      id: newId(),
      kind: 'guest',
      displayName: form.displayName,
      createdAt: now,
      expiresAt: now + GUEST_LIFETIME_MS,
    };
    const signedIn = await this.enter(guest, form.device, client);
    const accepted = await this.around.invites.accept(form.code, signedIn.me.id);
    if (accepted.ok) return ok(signedIn);
    // Revoked in this very moment: nobody is left whom the guest could talk to.
    await this.remove(signedIn.me.id);
    return accepted;
  }

  private async enter(
    person: store.NewPerson,
    device: DeviceInfo,
    client: { address: string; token: string | null },
  ): Promise<SignedIn> {
    const { db, sessions } = this.around;
    const session = await db.transaction(async (q) => {
      await store.insertPerson(q, person);
      return sessions.open(q, person.id, device, client.address);
    });
    await sessions.endByToken(client.token);
    const row = await db.query((q) => store.findPerson(q, person.id));
    if (row === null) throw new Error('A person just made is gone');
    return { me: meOf(row, session.deviceId), token: session.token };
  }

  // --- Logging in ----------------------------------------------------------------------------------------------

  /** The same steps for a user who does not exist: look up, slow down, answer from a record or a made-up one. */
  async loginStart(form: {
    userName: string;
    startLoginRequest: string;
  }): Promise<Outcome<{ loginId: string; loginResponse: string }>> {
    const { buckets, rateFactor, db, opaque, attempts } = this.around;
    const parsed = parseUserName(form.userName);
    const userName = parsed.ok ? parsed.name : form.userName.normalize('NFKC').toLowerCase();
    const wait = buckets.take(`login ${userName}`, scaled(LOGIN_PER_NAME, rateFactor));
    if (wait > 0) return refuse('rate-limited', wait);
    const person = await db.query((q) => store.findByUserName(q, userName));
    const started = opaque.startLogin(userName, person?.opaqueRecord ?? null, form.startLoginRequest);
    if (started === null) return refuse('bad-request');
    const loginId = attempts.add({ personId: person?.id ?? null, userName, state: started.state });
    return ok({ loginId, loginResponse: started.response });
  }

  async loginFinish(
    form: LoginProof & { device: DeviceInfo },
    client: { address: string; token: string | null },
  ): Promise<Outcome<SignedIn>> {
    const { db, sessions } = this.around;
    const proved = this.prove(form);
    if (!proved.ok) return proved;
    const session = await db.transaction(async (q) => {
      const person = await store.findPerson(q, proved.value.personId);
      if (person === null) return null;
      const opened = await sessions.open(q, person.id, form.device, client.address);
      return { person, opened };
    });
    // Deleted between start and finish.
    if (session === null) return refuse('wrong-credentials');
    sessions.ended(session.person.id, session.opened.dropped);
    await sessions.endByToken(client.token);
    return ok({ me: meOf(session.person, session.opened.deviceId), token: session.opened.token });
  }

  private prove(proof: LoginProof): Outcome<LoginAttempt & { personId: string }> {
    const attempt = this.around.attempts.takeOut(proof.loginId);
    if (attempt === null) return refuse('login-expired');
    const known = this.around.opaque.finishLogin(attempt.state, proof.finishLoginRequest);
    const { personId } = attempt;
    return known && personId !== null ? ok({ ...attempt, personId }) : refuse('wrong-credentials');
  }

  // --- Changing and leaving ------------------------------------------------------------------------------------

  passwordStart(me: Me, registrationRequest: string): Outcome<{ registrationResponse: string }> {
    const response = this.around.opaque.registrationResponse(me.userName ?? '', registrationRequest);
    return response === null ? refuse('bad-request') : ok({ registrationResponse: response });
  }

  async passwordFinish(
    me: Me,
    form: { proof: LoginProof; registrationRecord: string; vault?: ResealedVault | undefined },
  ): Promise<Outcome<undefined>> {
    const { db, sessions, opaque } = this.around;
    const proved = this.proveOwn(me, form.proof);
    if (!proved.ok) return proved;
    if (!opaque.isRecord(form.registrationRecord)) return refuse('bad-request');
    // Together: a thief's session must not outlive the password that it came from, nor may the secrets stay sealed for it.
    const gone = await db.transaction(async (q) => {
      if (form.vault && !(await resealVault(q, me.id, form.vault))) return null;
      await store.setOpaqueRecord(q, me.id, form.registrationRecord);
      return store.deleteDevices(q, me.id, { keep: me.deviceId });
    });
    if (gone === null) return refuse('conflict');
    sessions.ended(me.id, gone);
    return done;
  }

  async deleteMe(me: Me, proof: LoginProof | undefined): Promise<Outcome<undefined>> {
    if (me.kind === 'account') {
      if (proof === undefined) return refuse('wrong-credentials');
      const proved = this.proveOwn(me, proof);
      if (!proved.ok) return proved;
    }
    await this.remove(me.id);
    return done;
  }

  /** Whether `proof` is of the password of `me`. */
  proveOwn(me: Me, proof: LoginProof): Outcome<undefined> {
    const proved = this.prove(proof);
    if (!proved.ok) return proved;
    return proved.value.personId === me.id ? done : refuse('wrong-credentials');
  }

  private remove(personId: string): Promise<void> {
    return this.around.people.remove([personId]);
  }
}
