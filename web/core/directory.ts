/** The server's directory of public keys, and the account's vault, over HTTP. */
import * as keys from '../../signaling/protocol/keys.ts';
import { vaultSchema } from '../../signaling/protocol/vault.ts';
import type { Vault } from '../../signaling/protocol/vault.ts';
import type { KeyServer } from './crypto/key-server.ts';
import type { Result } from './model.ts';
import type { Http } from './signaling/http.ts';

export interface Directory extends KeyServer {
  readVault(): Promise<Result<Vault>>;
  /** `version`: of the one that it replaces; `conflict` if that is not the newest. */
  writeVault(vault: Vault): Promise<Result<Vault>>;
}

export function createDirectory(http: Http): Directory {
  return {
    upload: (body) => http.ask('POST', '/api/keys/upload', keys.keysUploadAnswerSchema, body),
    query: (body) => http.ask('POST', '/api/keys/query', keys.keysQueryAnswerSchema, body),
    claim: (body) => http.ask('POST', '/api/keys/claim', keys.keysClaimAnswerSchema, body),
    signing: (body) => http.tell('POST', '/api/keys/signing', body),
    signatures: (body) => http.tell('POST', '/api/keys/signatures', body),
    readVault: () => http.ask('GET', '/api/keys/vault', vaultSchema),
    writeVault: (vault) => http.ask('PUT', '/api/keys/vault', vaultSchema, vault),
  };
}
