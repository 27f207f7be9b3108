/**
 * Seals an account's secrets for keeping on the server, under a key that only the password (through OPAQUE's export key)
 * or the recovery code yields.
 *
 *   0         1           13
 *   | version | nonce (12) | AES-256-GCM of the JSON of the secrets, with its tag |
 *
 * Version 1. Key: HKDF-SHA-256 of the export key or of the code's bytes, with a label of its own for each. The account's
 * id is authenticated with it, so one account's vault cannot be passed off as another's.
 */
import * as v from 'valibot';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import { base64, bytesOfBase64 } from '../base64.ts';
import type { Random } from '../platform.ts';
import type { Secrets } from './identity.ts';
import type { Outcome } from './outcome.ts';
import { no, yes } from './outcome.ts';
import { bytesOfCode } from './recovery-code.ts';

const VERSION = 1;
const NONCE = 12;
const LABELS = { password: 'holler vault by password 1', code: 'holler vault by recovery code 1' } as const;

/** What opens the vault. */
export type VaultKey =
  /** OPAQUE's export key as the library gives it: base64url of 64 bytes. */
  | { readonly by: 'password'; readonly exportKey: string }
  /** As the person typed it. */
  | { readonly by: 'code'; readonly code: string };

type VaultProblem =
  /** The password or code is not the one that it was sealed with; or the server altered it. */
  | 'wrong-key'
  /** Not a recovery code: mistyped. */
  | 'not-a-code'
  | 'malformed'
  /** Sealed by a newer Holler. */
  | 'version';

const seed = v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{43}$/));
const secretsSchema = v.object({ master: seed, selfSigning: seed, userSigning: seed });

interface Needs {
  readonly subtle: SubtleCrypto;
  readonly random: Pick<Random, 'bytes'>;
}

export interface Vault {
  /** Base64, as the server keeps it. Null: the code is not one. */
  seal(accountId: string, key: VaultKey, secrets: Secrets): Promise<string | null>;
  open(accountId: string, key: VaultKey, sealed: string): Promise<Outcome<Secrets, VaultProblem>>;
}

export function createVault({ subtle, random }: Needs): Vault {
  const encoder = new TextEncoder();

  async function derive(key: VaultKey): Promise<CryptoKey | null> {
    const input = key.by === 'password' ? bytesOfBase64Url(key.exportKey) : bytesOfCode(key.code);
    if (input === null) return null;
    const material = await subtle.importKey('raw', input, 'HKDF', false, ['deriveKey']);
    const how = {
      name: 'HKDF',
      hash: 'SHA-256',
      salt: new Uint8Array(),
      info: encoder.encode(LABELS[key.by]),
    };
    return subtle.deriveKey(how, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  }

  const cipher = (accountId: string, nonce: Uint8Array<ArrayBuffer>) => ({
    name: 'AES-GCM',
    iv: nonce,
    additionalData: encoder.encode(`holler vault ${VERSION} ${accountId}`),
  });

  return {
    async seal(accountId, key, { master, selfSigning, userSigning }) {
      const derived = await derive(key);
      if (derived === null) return null;
      const nonce = new Uint8Array(random.bytes(NONCE));
      const plain = encoder.encode(JSON.stringify({ master, selfSigning, userSigning }));
      const sealed = new Uint8Array(await subtle.encrypt(cipher(accountId, nonce), derived, plain));
      return base64(new Uint8Array([VERSION, ...nonce, ...sealed]));
    },

    async open(accountId, key, sealed) {
      const bytes = sealed.length > LIMITS.vaultMax ? null : bytesOfBase64(sealed);
      if (bytes === null || bytes.length <= 1 + NONCE) return no('malformed');
      if (bytes[0] !== VERSION) return no('version');
      const derived = await derive(key);
      if (derived === null) return no(key.by === 'code' ? 'not-a-code' : 'wrong-key');
      let plain: ArrayBuffer;
      try {
        plain = await subtle.decrypt(
          cipher(accountId, bytes.slice(1, 1 + NONCE)),
          derived,
          bytes.slice(1 + NONCE),
        );
      } catch {
        return no('wrong-key');
      }
      const secrets = v.safeParse(secretsSchema, jsonOf(plain));
      return secrets.success ? yes(secrets.output) : no('malformed');
    },
  };
}

function jsonOf(bytes: ArrayBuffer): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

const bytesOfBase64Url = (text: string) => bytesOfBase64(text.replaceAll('-', '+').replaceAll('_', '/'));
