/** Signs in the name of the person who uses this device, and tells the keys by which others' signatures are checked. */
import { engineUserId } from '../../../signaling/protocol/keys.ts';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import type { Address } from './address.ts';
import type { Machine } from './machine.ts';
import type { Outcome } from './outcome.ts';
import { no, unreachable, yes } from './outcome.ts';
import type { People } from './people.ts';
import type { Trust } from './trust.ts';
import { isStopped, masterKeyOf } from './trust.ts';

/** Ed25519; both base64 without padding. `key`: the public half of the person's master key. */
interface Signed {
  readonly key: string;
  readonly signature: string;
}

export interface Signing {
  /** `not-ready`: this device lacks the secrets of its person's identity. */
  sign(text: string): Promise<Outcome<Signed>>;
  /** The master key of the identity that is trusted; null for somebody who has none. */
  keyOf(person: string): Promise<Outcome<string | null>>;
  /**
   * The master keys of the identities that are trusted; null for somebody of whom none is known. Whoever's identity
   * changed is left out until the person decides.
   */
  keysOf(persons: readonly string[]): Promise<Outcome<ReadonlyMap<string, string | null>>>;
}

interface Needs {
  readonly machine: Machine;
  readonly me: Address;
  readonly people: People;
  readonly trust: Trust;
}

export function createSigning({ machine, me, people, trust }: Needs): Signing {
  const { olm, library, call } = machine;

  async function pinned(person: string): Promise<string | null> {
    const user = new library.UserId(engineUserId(person));
    const identity = await call(() => olm.getIdentity(user));
    user.free();
    if (identity === undefined) return null;
    const key = masterKeyOf(identity);
    identity.free();
    return key;
  }

  return {
    async sign(text) {
      const key = await pinned(me.userId);
      const signatures = await call(() => olm.sign(text));
      const all = JSON.parse(signatures.asJSON()) as Record<string, Record<string, string>>;
      signatures.free();
      const signature = all[engineUserId(me.userId)]?.[`ed25519:${key}`];
      return key === null || signature === undefined ? no({ why: 'not-ready' }) : yes({ key, signature });
    },
    async keyOf(person) {
      const followed = await people.follow([person]);
      // Known from before is known without the server, too.
      if (!followed.ok && !people.knows(person)) return unreachable(followed.failure);
      if (isStopped(await trust.level(person))) return no({ why: 'identity-changed', userId: person });
      return yes(await pinned(person));
    },
    async keysOf(persons) {
      for (let at = 0; at < persons.length; at += LIMITS.keyQueryMax) {
        const followed = await people.follow(persons.slice(at, at + LIMITS.keyQueryMax));
        // Known from before is known without the server, too.
        if (!followed.ok && !persons.every((person) => people.knows(person)))
          return unreachable(followed.failure);
      }
      const keys = new Map<string, string | null>();
      for (const person of persons) {
        if (!isStopped(await trust.level(person))) keys.set(person, await pinned(person));
      }
      return yes(keys);
    },
  };
}
