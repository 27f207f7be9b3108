/** How far each person's identity is trusted, and what the person decided when one changed. */
import type * as Wasm from '@matrix-org/matrix-sdk-crypto-wasm';
import { engineUserId, personOfEngineUser } from '../../../signaling/protocol/keys.ts';
import type { Cell, Value } from '../value.ts';
import { cell } from '../value.ts';
import type { Machine } from './machine.ts';

export type TrustLevel =
  /** No identity of theirs is known: never seen, or they never had one. */
  | 'unknown'
  /** The first one that was seen, as the server told it. */
  | 'first-use'
  /** Compared by the two people (emoji or QR). */
  | 'verified'
  /** Another one than before. Nothing is sent and nothing of theirs is opened until `accept`. */
  | 'changed';

export interface Trust {
  of(person: string): Value<TrustLevel>;
  /** As `of`, surely read from the store. */
  level(person: string): Promise<TrustLevel>;
  /** Takes the identity as it now is; a verified person is from then on merely known. */
  accept(person: string): Promise<void>;
  refresh(person: string): Promise<void>;
}

export function createTrust({ machine, me }: { machine: Machine; me: string }): Trust {
  const { olm, library, call } = machine;
  const cells = new Map<string, Cell<TrustLevel>>();
  const read = new Set<string>();

  async function identityOf(person: string) {
    const user = new library.UserId(engineUserId(person));
    const identity = await call(() => olm.getIdentity(user));
    user.free();
    return identity;
  }

  function cellOf(person: string): Cell<TrustLevel> {
    let found = cells.get(person);
    if (found === undefined) cells.set(person, (found = cell<TrustLevel>('unknown')));
    return found;
  }

  async function refresh(person: string): Promise<void> {
    const identity = await identityOf(person);
    cellOf(person).set(identity === undefined ? 'unknown' : levelOf(identity, person === me));
    read.add(person);
    identity?.free();
  }

  async function level(person: string): Promise<TrustLevel> {
    if (!read.has(person)) await refresh(person);
    return cellOf(person).get();
  }

  olm.registerUserIdentityUpdatedCallback(async (user) => {
    const person = personOfEngineUser(user.toString());
    if (person !== null && !machine.broken.get()) await refresh(person);
  });

  return {
    of(person) {
      // Whoever looks before it was read is told once it has been. A dead engine tells nothing any more.
      if (!read.has(person)) level(person).catch(() => undefined);
      return cellOf(person);
    },
    level,
    async accept(person) {
      const identity = await identityOf(person);
      if (identity === undefined) return;
      if (identity.hasVerificationViolation()) await call(() => identity.withdrawVerification());
      if ('pinCurrentMasterKey' in identity) await call(() => identity.pinCurrentMasterKey());
      identity.free();
      await refresh(person);
    },
    refresh,
  };
}

function levelOf(identity: Wasm.OwnUserIdentity | Wasm.OtherUserIdentity, own: boolean): TrustLevel {
  if (identity.hasVerificationViolation()) return 'changed';
  if (!own && (identity as Wasm.OtherUserIdentity).identityNeedsUserApproval()) return 'changed';
  return identity.isVerified() ? 'verified' : 'first-use';
}
