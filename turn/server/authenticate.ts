/** The long-term credential mechanism (RFC 8489, section 9.2.4) over time-limited credentials. */
import type { Allocation } from '../allocation/allocation.ts';
import { credentialFor, parseUsername } from '../credential.ts';
import { Attr, PasswordAlgorithm } from '../stun/constants.ts';
import { integrityHolds, integrityKind, longTermKey, type IntegrityKind } from '../stun/integrity.ts';
import type { StunMessage } from '../stun/message.ts';
import type { MessageWriter } from '../stun/writer.ts';
import type { ClientPath, Clock } from '../transport/transport.ts';
import { makeNonce, nonceHolds } from './nonce.ts';
import type { Settings } from './settings.ts';

export interface Session {
  readonly username: string;
  readonly user: string;
  readonly key: Uint8Array;
  readonly kind: IntegrityKind;
}
export type Verdict = Session | 400 | 401 | 438;

/** SHA-256 first, then MD5; each without parameters. */
const ALGORITHMS = Uint8Array.of(0, PasswordAlgorithm.sha256, 0, 0, 0, PasswordAlgorithm.md5, 0, 0);

export class Authenticator {
  readonly #settings: Settings;
  readonly #clock: Clock;

  constructor(settings: Settings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** What a client needs to ask again properly. */
  challenge(writer: MessageWriter, path: ClientPath): MessageWriter {
    return writer
      .text(Attr.realm, this.#settings.realm)
      .text(Attr.nonce, makeNonce(this.#settings.nonceKey, path.client, this.#clock.wall()))
      .attribute(Attr.passwordAlgorithms, ALGORITHMS);
  }

  /** The nonce is judged before any key is made: a forged source cannot make us compute. */
  judge(message: StunMessage, path: ClientPath, allocation: Allocation | undefined): Verdict {
    const kind = integrityKind(message);
    if (!kind) return 401;
    const username = message.text(Attr.username);
    const realm = message.text(Attr.realm);
    const nonce = message.text(Attr.nonce);
    const algorithm = chosenAlgorithm(message);
    if (!username || !realm || !nonce || algorithm === undefined) return 400;
    if (!nonceHolds(this.#settings.nonceKey, nonce, path.client, this.#clock.wall())) return 438;
    if (realm !== this.#settings.realm) return 401;
    const parsed = parseUsername(username);
    if (!parsed) return 401;
    const key = this.#keyThatFits(message, kind, username, algorithm, parsed.expiresAtMs, allocation);
    return key ? { username, user: parsed.user, key, kind } : 401;
  }

  /** A credential may run out during a call: the allocation that it opened goes on taking it. */
  #keyThatFits(
    message: StunMessage,
    kind: IntegrityKind,
    username: string,
    algorithm: number,
    expiresAtMs: number,
    allocation: Allocation | undefined,
  ): Uint8Array | undefined {
    const known = allocation?.username === username ? allocation : undefined;
    if (known && integrityHolds(message, kind, known.realmKey)) return known.realmKey;
    if (!known && expiresAtMs <= this.#clock.wall()) return undefined;
    for (const secret of this.#settings.secrets) {
      const password = credentialFor(secret, username);
      const key = longTermKey(algorithm, username, this.#settings.realm, password);
      if (integrityHolds(message, kind, key)) return key;
    }
    return undefined;
  }
}

/** MD5 unless the client names one of ours and repeats our list unchanged; undefined is a request tampered with. */
function chosenAlgorithm(message: StunMessage): number | undefined {
  const list = message.get(Attr.passwordAlgorithms);
  const choice = message.get(Attr.passwordAlgorithm);
  if (!list && !choice) return PasswordAlgorithm.md5;
  if (!list || !choice || choice.length < 4 || Buffer.compare(list, ALGORITHMS) !== 0) return undefined;
  const algorithm = (choice[0]! << 8) | choice[1]!;
  return algorithm === PasswordAlgorithm.md5 || algorithm === PasswordAlgorithm.sha256
    ? algorithm
    : undefined;
}
