/**
 * An account's secrets (private signing keys), sealed in the page by what only the password, or the recovery code,
 * yields. `version` counts up; who writes names the version that is replaced, so that two devices cannot undo each other.
 */
import * as v from 'valibot';
import { LIMITS } from './limits.ts';

const versionSchema = v.pipe(v.number(), v.integer(), v.minValue(0));
const sealedSchema = v.pipe(v.string(), v.maxLength(LIMITS.vaultMax), v.base64());

/** GET /api/keys/vault; PUT /api/keys/vault (409 `conflict` when another was first). Accounts only. */
export const vaultSchema = v.object({
  version: versionSchema,
  byPassword: v.nullable(sealedSchema),
  byCode: v.nullable(sealedSchema),
});
export type Vault = v.InferOutput<typeof vaultSchema>;

/** The same secrets for the next password, in place of those of this version. */
export const resealedVaultSchema = v.object({ version: versionSchema, byPassword: sealedSchema });
export type ResealedVault = v.InferOutput<typeof resealedVaultSchema>;
