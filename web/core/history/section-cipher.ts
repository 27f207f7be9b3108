/**
 * Seals a stream section by section with AES-256-GCM, such that none can be changed, left out, repeated or put elsewhere
 * unnoticed, and the end cannot be cut off: its number and whether it is the last are in the nonce. A key is for one
 * stream only.
 *
 *   nonce:  0             7          11
 *           | seven zeros | number   | 1 for the last section, else 0 |
 *                          big endian
 */

const NONCE = 12;
/** What AES-GCM adds. */
export const TAG_BYTES = 16;

export interface SectionCipher {
  seal(number: number, last: boolean, plain: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
  /** Null: not what was sealed under this key as this section. */
  open(
    number: number,
    last: boolean,
    sealed: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer> | null>;
}

/** `context` is authenticated with each section. */
export function createSectionCipher(
  subtle: SubtleCrypto,
  key: CryptoKey,
  context: Uint8Array<ArrayBuffer>,
): SectionCipher {
  function how(number: number, last: boolean): AesGcmParams {
    const iv = new Uint8Array(NONCE);
    new DataView(iv.buffer).setUint32(7, number);
    iv[11] = last ? 1 : 0;
    return { name: 'AES-GCM', iv, additionalData: context };
  }
  return {
    async seal(number, last, plain) {
      return new Uint8Array(await subtle.encrypt(how(number, last), key, plain));
    },
    async open(number, last, sealed) {
      try {
        return new Uint8Array(await subtle.decrypt(how(number, last), key, sealed));
      } catch {
        return null;
      }
    },
  };
}
