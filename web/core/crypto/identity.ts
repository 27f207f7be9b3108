/**
 * The identity of the person who uses this device: three signing keys, of which the master key is what friends know.
 * It is made on the account's first device, and restored on every other one from secrets that the vault holds.
 */
import type * as Wasm from '@matrix-org/matrix-sdk-crypto-wasm';
import type { Value } from '../value.ts';
import { cell } from '../value.ts';
import type { Address } from './address.ts';
import type { KeyServer } from './key-server.ts';
import type { Machine } from './machine.ts';
import { EngineBroken } from './machine.ts';
import type { EngineFailure, Outcome } from './outcome.ts';
import { no, unreachable, yes } from './outcome.ts';
import type { Outgoing } from './outgoing.ts';
import type { People } from './people.ts';
import type { Trust } from './trust.ts';

type IdentityState =
  /** Not found out yet: the server was not reached. */
  | 'unknown'
  /** The account has none: `create` makes it. Only when its vault is empty, too; else the server hides it. */
  | 'missing'
  /** This device is signed: it can send, and is believed. */
  | 'ready'
  /** The account has one whose secrets this device lacks: `restore`, be verified by another device, or `reset`. */
  | 'needs-restore'
  /** The browser deleted what made this device known: it is none any more, and only a new log-in helps. */
  | 'lost';

/** Seeds of the private keys, base64 without padding. Whoever has them is the person. */
export interface Secrets {
  readonly master: string;
  readonly selfSigning: string;
  readonly userSigning: string;
}

type SigningBody = Parameters<KeyServer['signing']>[0];
/** That the password is known; the server asks for it when an identity is replaced. */
export type Proof = NonNullable<SigningBody['proof']>;

type RestoreFailure =
  | EngineFailure
  /** They are not those of this account's identity. */
  | { readonly why: 'wrong-secrets' };

export interface Identity {
  readonly state: Value<IdentityState>;
  /** How things stood last, without asking the server. */
  recall(): Promise<void>;
  /** Finds out how things stand: at the start, and whenever one's own keys changed. */
  check(): Promise<Outcome>;
  create(): Promise<Outcome>;
  restore(secrets: Secrets): Promise<Outcome<void, RestoreFailure>>;
  /** From now on it is `lost`. */
  lose(): void;
  /** After another device of the same person verified this one: asks it for the secrets. */
  askForSecrets(): Promise<void>;
  /** A new identity in place of the old: friends are warned, one's other devices must be restored. */
  reset(proof: Proof | null): Promise<Outcome>;
  /** Null while this device lacks them. */
  secrets(): Promise<Secrets | null>;
}

interface Needs {
  readonly machine: Machine;
  readonly me: Address;
  readonly keys: KeyServer;
  readonly outgoing: Outgoing;
  readonly people: People;
  readonly trust: Trust;
}

export function createIdentity({ machine, me, keys, outgoing, people, trust }: Needs): Identity {
  const { olm, call } = machine;
  const state = cell<IdentityState>('unknown');

  async function check(): Promise<Outcome> {
    const flushed = await outgoing.flush();
    if (!flushed.ok) return unreachable(flushed.failure);
    const followed = await people.follow([me.userId]);
    if (!followed.ok) return unreachable(followed.failure);
    return look();
  }

  async function look(): Promise<Outcome> {
    await trust.refresh(me.userId);
    if (people.hasIdentity(me.userId) && (await hasAllSecrets()) && !(await isSigned())) {
      const signed = await sign();
      if (!signed.ok) return signed;
    }
    const now = await read();
    if (state.get() !== 'lost') state.set(now);
    return yes(undefined);
  }

  async function read(): Promise<IdentityState> {
    const level = await trust.level(me.userId);
    if (level === 'unknown') return 'missing';
    // Made here, and interrupted before the server had it: `create` goes on. Without the secrets it is being hidden.
    if (!people.hasIdentity(me.userId)) return (await hasAllSecrets()) ? 'missing' : 'needs-restore';
    return (await isSigned()) && level !== 'changed' ? 'ready' : 'needs-restore';
  }

  /** As the server shows it, since that is what friends see. */
  const isSigned = async () => (await people.devicesOf(me.userId)).includes(me.deviceId);

  async function hasAllSecrets(): Promise<boolean> {
    const has = await call(() => olm.crossSigningStatus());
    return has.hasMaster && has.hasSelfSigning && has.hasUserSigning;
  }

  /** This device, in the identity's name. */
  async function sign(): Promise<Outcome> {
    const device = await people.device(me);
    if (device === null) return yes(undefined);
    const request = await call(() => device.verify());
    device.free();
    const sent = await outgoing.send(request);
    return sent.ok ? seeOwn() : unreachable(sent.failure);
  }

  async function seeOwn(): Promise<Outcome> {
    const seen = await people.refresh([me.userId]);
    return seen.ok ? yes(undefined) : unreachable(seen.failure);
  }

  async function publish(anew: boolean, proof: Proof | null): Promise<Outcome> {
    const requests = await call(() => olm.bootstrapCrossSigning(anew));
    const device = requests.uploadKeysRequest as Wasm.KeysUploadRequest | undefined;
    if (device) {
      const sent = await outgoing.send(device);
      if (!sent.ok) return unreachable(sent.failure);
    }
    const body = JSON.parse(requests.uploadSigningKeysRequest.body) as SigningBody;
    const published = await keys.signing(proof === null ? body : { ...body, proof });
    if (!published.ok) return unreachable(published.failure);
    const signed = await outgoing.send(requests.uploadSignaturesRequest);
    if (!signed.ok) return unreachable(signed.failure);
    const seen = await seeOwn();
    return seen.ok ? look() : seen;
  }

  return {
    state,
    async recall() {
      if (people.knows(me.userId)) state.set(await read());
    },
    check,
    lose: () => state.set('lost'),
    create: () => publish(false, null),
    reset: (proof) => publish(true, proof),
    async restore({ master, selfSigning, userSigning }) {
      const seen = await seeOwn();
      if (!seen.ok) return seen;
      try {
        await call(() => olm.importCrossSigningKeys(master, selfSigning, userSigning));
      } catch (error) {
        if (error instanceof EngineBroken) throw error;
        return no({ why: 'wrong-secrets' });
      }
      return look();
    },
    async askForSecrets() {
      await call(() => olm.requestMissingSecretsIfNeeded());
      await outgoing.flush();
    },
    async secrets() {
      const found = await call(() => olm.exportCrossSigningKeys());
      const { masterKey: master, self_signing_key: selfSigning, userSigningKey: userSigning } = found ?? {};
      if (master === undefined || selfSigning === undefined || userSigning === undefined) return null;
      return { master, selfSigning, userSigning };
    },
  };
}
