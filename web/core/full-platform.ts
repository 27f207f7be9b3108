/** The platform and what is fetched later: what the messenger as a whole runs on. */
import type { Encryption } from './encryption.ts';
import type { Platform } from './platform.ts';

export interface FullPlatform extends Platform {
  /** Rejects when it does not arrive. */
  readonly loadEncryption: () => Promise<Encryption>;
}
