/**
 * When the password changes, the account's secrets are sealed for the next one in the same request: a page that is closed
 * right after it, or that has no keys itself, leaves none behind that no password opens.
 */
import type { ResealedVault } from '../../signaling/protocol/vault.ts';
import { createVault } from './crypto/vault.ts';
import { createDirectory } from './directory.ts';
import type { Platform } from './platform.ts';
import type { Result } from './model.ts';
import { ok } from './result.ts';
import type { Http } from './signaling/http.ts';

interface Needs {
  readonly platform: Pick<Platform, 'random' | 'subtle'>;
  readonly http: Http;
}

/**
 * `from` and `to`: OPAQUE's export keys of the password as it is and of the next one. Null: there is nothing that `from`
 * opens, so a device that has the secrets seals them afterwards; or the page has no ciphers, not being loaded by HTTPS.
 */
export async function reseal(
  { platform, http }: Needs,
  accountId: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<Result<ResealedVault | null>> {
  const { subtle, random } = platform;
  if (!subtle) return ok(null);
  const kept = await createDirectory(http).readVault();
  if (!kept.ok) return kept;
  const { version, byPassword } = kept.value;
  if (byPassword === null) return ok(null);
  const vaults = createVault({ subtle, random });
  const opened = await vaults.open(accountId, { by: 'password', exportKey: from }, byPassword);
  if (!opened.ok) return ok(null);
  const sealed = await vaults.seal(accountId, { by: 'password', exportKey: to }, opened.value);
  return ok(sealed === null ? null : { version, byPassword: sealed });
}
