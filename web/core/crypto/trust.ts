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
  | 'changed'
  /** They came by an invite link (or invited by it), and what proves that belies this identity. As `changed`. */
  | 'disproved';

/** Nothing is sent to them, and nothing of theirs opened. */
export const isStopped = (level: TrustLevel): boolean => level === 'changed' || level === 'disproved';

export interface Trust {
  of(person: string): Value<TrustLevel>;
  /** As `of`, surely read from the store. */
  level(person: string): Promise<TrustLevel>;
  /** Takes the identity as it now is; a verified person is from then on merely known. */
  accept(person: string): Promise<void>;
  /** Stops everything with the identity as it now is, unless the two people have compared it. */
  disprove(person: string): Promise<void>;
  refresh(person: string): Promise<void>;
}

interface Needs {
  readonly machine: Machine;
  readonly me: string;
  /** There is reason to look again at whom one talks to. */
  readonly onDisproved: (person: string) => void;
}

const NOTE = 'disproved';

export async function createTrust({ machine, me, onDisproved }: Needs): Promise<Trust> {
  const { olm, library, notes, call } = machine;
  /** Master keys that were belied, by person. In memory, so that a changed identity shows at once. */
  let disproved = ((await notes.get(NOTE)) ?? {}) as Readonly<Record<string, string>>;
  const cells = new Map<string, Cell<TrustLevel>>();
  const read = new Set<string>();
  /** By all who ask at once, such as for each message of a page of mail. */
  const reading = new Map<string, Promise<void>>();

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
    const level = identity && levelOf(identity, person === me, disproved[person]);
    cellOf(person).set(level ?? 'unknown');
    read.add(person);
    identity?.free();
  }

  async function setDisproved(next: typeof disproved): Promise<void> {
    disproved = next;
    await notes.set([[NOTE, next]]);
  }

  async function level(person: string): Promise<TrustLevel> {
    if (!read.has(person)) {
      const asked = reading.get(person) ?? refresh(person).finally(() => reading.delete(person));
      reading.set(person, asked);
      await asked;
    }
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
      const { [person]: accepted, ...others } = disproved;
      if (accepted !== undefined) await setDisproved(others);
      await refresh(person);
    },
    async disprove(person) {
      const identity = await identityOf(person);
      if (identity === undefined) return;
      const key = masterKeyOf(identity);
      identity.free();
      if (key !== null) await setDisproved({ ...disproved, [person]: key });
      await refresh(person);
      if (cellOf(person).get() === 'disproved') onDisproved(person);
    },
    refresh,
  };
}

type AnyIdentity = Wasm.OwnUserIdentity | Wasm.OtherUserIdentity;

/** Base64 without padding; null if it has none. */
export function masterKeyOf(identity: AnyIdentity): string | null {
  const { keys } = JSON.parse(identity.masterKey) as { keys: Record<string, string> };
  return Object.values(keys)[0] ?? null;
}

function levelOf(identity: AnyIdentity, own: boolean, belied: string | undefined): TrustLevel {
  if (identity.hasVerificationViolation()) return 'changed';
  if (!own && (identity as Wasm.OtherUserIdentity).identityNeedsUserApproval()) return 'changed';
  if (identity.isVerified()) return 'verified';
  return belied !== undefined && belied === masterKeyOf(identity) ? 'disproved' : 'first-use';
}
