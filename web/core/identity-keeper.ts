/**
 * Keeps this device trusted: makes the account's identity on the first device, restores it from the vault on every other
 * one, and keeps the vault such that the password as it is now opens it.
 */
import type { Vault } from '../../signaling/protocol/vault.ts';
import type { Me } from '../../signaling/protocol/http.ts';
import type { Engine } from './crypto/engine-model.ts';
import type { Proof, Secrets } from './crypto/identity.ts';
import type { Vault as Vaults, VaultKey } from './crypto/vault.ts';
import type { Directory } from './directory.ts';
import type { createErrandRunner } from './errand-runner.ts';
import type { createGroupServer } from './groups/group-server.ts';
import type { createGroups } from './groups/groups.ts';
import type { Result, SecurityState } from './model.ts';
import type { Platform } from './platform.ts';
import { DONE, fail, ok } from './result.ts';
import type { Scope } from './scope.ts';
import type { followVerifications } from './verifications.ts';

/** What came with the engine. */
export interface SecurityTools {
  readonly engine: Engine;
  readonly directory: Directory;
  /** Null on a page that was not loaded by HTTPS, where browsers have no ciphers for it. */
  readonly vaults: Vaults | null;
  readonly recoveryCode: (random: Uint8Array) => string;
  readonly createIdentityKeeper: (tools: SecurityTools, needs: IdentityKeeperNeeds) => IdentityKeeper;
  readonly createErrandRunner: typeof createErrandRunner;
  readonly followVerifications: typeof followVerifications;
  readonly createGroups: typeof createGroups;
  readonly createGroupServer: typeof createGroupServer;
}

/** What of it the keeper uses. */
interface KeeperTools extends Pick<SecurityTools, 'vaults' | 'recoveryCode'> {
  readonly engine: Pick<Engine, 'broken' | 'identity'>;
  readonly directory: Pick<Directory, 'readVault' | 'writeVault'>;
}

interface IdentityKeeperNeeds {
  readonly platform: Pick<Platform, 'random' | 'timers'>;
  readonly scope: Scope;
  readonly me: () => Me;
  readonly show: (state: SecurityState) => void;
  /** What made this device known is gone; told at each look. */
  readonly onLost: () => void;
}

export interface IdentityKeeper {
  /** Does what can be done without the person; called at every welcome and when one's own keys changed. */
  settle(): Promise<void>;
  /** What the password yields, known for a moment after it was entered; resolves once the vault opens with it. */
  unlock(exportKey: string): Promise<void>;
  restore(key: VaultKey): Promise<Result>;
  makeCode(): Promise<Result<string>>;
  /** A new identity; `proof` that the password is known. */
  startOver(proof: Proof, exportKey: string): Promise<Result>;
}

const RETRY = 10_000;
const NO_VAULT: Vault = { version: 0, byPassword: null, byCode: null };

export function createIdentityKeeper(tools: KeeperTools, needs: IdentityKeeperNeeds): IdentityKeeper {
  const { engine, directory, vaults } = tools;
  const { identity } = engine;
  const { scope, show } = needs;
  const { random, timers } = needs.platform;
  /** Of the password that was entered last, until the vault opens with it. */
  let exportKey: string | null = null;
  let tellUsed = (): void => undefined;
  let vault: Vault | null = null;
  let settling: Promise<unknown> = Promise.resolve();
  let cancelRetry = (): void => undefined;
  scope.own(() => cancelRetry());

  const isGuest = (): boolean => needs.me().kind === 'guest';
  const accountId = (): string => needs.me().id;

  // --- The vault -------------------------------------------------------------------------------------------------

  async function readVault(): Promise<Result<Vault>> {
    if (isGuest()) return ok(NO_VAULT);
    const read = await directory.readVault();
    if (read.ok) vault = read.value;
    return read;
  }

  async function writeVault(change: Partial<Omit<Vault, 'version'>>): Promise<Result> {
    const written = await directory.writeVault({ ...(vault ?? NO_VAULT), ...change });
    // Another device was first: it is read again before the next try.
    vault = written.ok ? written.value : null;
    return written.ok ? DONE : written;
  }

  async function keepSecrets(secrets: Secrets): Promise<Result> {
    if (exportKey === null || !vaults) return DONE;
    const known = await readVault();
    if (!known.ok) return known;
    const key = { by: 'password', exportKey } as const;
    const { byPassword } = known.value;
    const opened = byPassword === null ? null : await vaults.open(accountId(), key, byPassword);
    if (!opened?.ok || opened.value.master !== secrets.master) {
      const written = await writeVault({ byPassword: await vaults.seal(accountId(), key, secrets) });
      if (!written.ok) return written;
    }
    // Another password may have been entered meanwhile; that one has yet to be used.
    if (exportKey === key.exportKey) {
      exportKey = null;
      tellUsed();
    }
    return DONE;
  }

  async function restoreBy(key: VaultKey): Promise<Result> {
    const known = await readVault();
    if (!known.ok) return known;
    const sealed = key.by === 'password' ? known.value.byPassword : known.value.byCode;
    const opened = sealed === null ? null : await vaults?.open(accountId(), key, sealed);
    if (!opened?.ok) return fail('wrong-credentials');
    const restored = await identity.restore(opened.value);
    if (restored.ok) return DONE;
    const { why } = restored.failure;
    if (why === 'unreachable') return fail('network');
    return fail(why === 'storage' ? 'storage' : 'wrong-credentials');
  }

  // --- This device -----------------------------------------------------------------------------------------------

  async function settleNow(): Promise<void> {
    cancelRetry();
    if (scope.ended || engine.broken.get()) return;
    if (identity.state.get() === 'unknown') await identity.check();
    if (identity.state.get() === 'lost') {
      cancelRetry = timers.after(RETRY, () => void settle());
      needs.onLost();
      return;
    }
    const known = await readVault();
    const kept = known.ok && (known.value.byPassword !== null || known.value.byCode !== null);
    // An account with a vault has an identity, whatever the server says.
    if (identity.state.get() === 'missing' && known.ok && !kept) await identity.create();
    const restored =
      identity.state.get() === 'needs-restore' && exportKey !== null
        ? await restoreBy({ by: 'password', exportKey })
        : DONE;
    const done = identity.state.get() === 'ready' ? await keepOwn() : known;
    // A password that does not open it is for the person; a server or storage in trouble is asked again.
    const unreached = !restored.ok && restored.failure.code !== 'wrong-credentials';
    if (!done.ok || unreached || identity.state.get() === 'unknown')
      cancelRetry = timers.after(RETRY, () => void settle());
    showState();
  }

  async function keepOwn(): Promise<Result> {
    const secrets = isGuest() ? null : await identity.secrets();
    return secrets ? keepSecrets(secrets) : DONE;
  }

  function settle(): Promise<void> {
    const done = settling.then(settleNow);
    // Its failure is for who asked; the next one is made all the same.
    settling = done.catch(() => undefined);
    return done;
  }

  function showState(): void {
    if (engine.broken.get()) return;
    const byPassword = (vault?.byPassword ?? null) !== null;
    const byCode = (vault?.byCode ?? null) !== null;
    const state = identity.state.get();
    if (state === 'ready') show({ state: 'ready', recoverable: byPassword, code: byCode });
    else if (state === 'unknown') show({ state: 'starting' });
    else show({ state: 'needs-restore', byPassword, byCode });
  }

  return {
    settle,
    unlock(key) {
      exportKey = key;
      // An earlier one is of no use any more.
      tellUsed();
      const used = new Promise<void>((resolve) => (tellUsed = resolve));
      void settle();
      return used;
    },
    async restore(key) {
      const restored = await restoreBy(key);
      await settle();
      return restored;
    },
    async makeCode() {
      const secrets = await identity.secrets();
      if (!secrets || !vaults) return fail('unavailable');
      const known = await readVault();
      if (!known.ok) return known;
      const code = tools.recoveryCode(random.bytes(16));
      const written = await writeVault({
        byCode: await vaults.seal(accountId(), { by: 'code', code }, secrets),
      });
      if (!written.ok) return written;
      showState();
      return ok(code);
    },
    async startOver(proof, key) {
      const reset = await identity.reset(proof);
      if (!reset.ok)
        return fail(reset.failure.why === 'unreachable' ? reset.failure.failure.code : 'internal');
      exportKey = key;
      const known = await readVault();
      // A code for the old identity's secrets would restore nothing.
      if (known.ok && known.value.byCode !== null) await writeVault({ byCode: null });
      await settle();
      return DONE;
    },
  };
}
