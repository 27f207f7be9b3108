/** The leading tab's security: this device's own, everybody's trust, and what the person asks about them. */
import type { Me } from '../../signaling/protocol/http.ts';
import type { IdentityKeeper, SecurityTools } from './identity-keeper.ts';
import type { Result, Trust } from './model.ts';
import type { Platform } from './platform.ts';
import { fail, ok } from './result.ts';
import type { Scope } from './scope.ts';
import type { LiveState } from './tabs/bus.ts';
import type { SecurityAsk } from './tabs/security-ask.ts';
import type { Verifications } from './verifications.ts';

interface Needs {
  readonly platform: Pick<Platform, 'random' | 'timers'>;
  readonly scope: Scope;
  readonly me: () => Me;
  readonly contacts: () => readonly string[];
  readonly publish: (change: Partial<LiveState>) => void;
  /** The person decided about this friend's identity. */
  readonly onDecided: (friendId: string) => void;
}

export interface LeaderSecurity {
  /** Null: the engine could not be had, or is dead. */
  setTools(tools: SecurityTools | null): void;
  settle(): Promise<void>;
  /** There may be other contacts. */
  watchContacts(): void;
  /** The answer to `make-code` is the code. */
  readonly perform: (ask: SecurityAsk) => Promise<Result<string | null>>;
}

export function startSecurity(needs: Needs): LeaderSecurity {
  const { scope, publish } = needs;
  let tools: SecurityTools | null = null;
  let keeper: IdentityKeeper | null = null;
  /** Came before the engine did. */
  let exportKey: string | null = null;
  const watched = new Set<string>();
  let verifications: Verifications | null = null;

  function setTools(next: SecurityTools | null): void {
    if (!next) {
      publish({ security: { state: 'failed' } });
      return;
    }
    tools = next;
    keeper = next.createIdentityKeeper(next, {
      platform: needs.platform,
      scope,
      me: needs.me,
      show: (security) => publish({ security }),
    });
    if (exportKey !== null) void keeper.unlock(exportKey);
    exportKey = null;
    verifications = next.followVerifications(next.engine, scope, (verification) => publish({ verification }));
    watchContacts();
  }

  function watchContacts(): void {
    if (!tools) return;
    for (const id of needs.contacts()) {
      if (watched.has(id)) continue;
      watched.add(id);
      scope.own(tools.engine.trust(id).subscribe(publishTrust));
    }
    publishTrust();
  }

  function publishTrust(): void {
    const engine = tools?.engine;
    if (engine) {
      publish({ trust: new Map<string, Trust>(needs.contacts().map((id) => [id, engine.trust(id).get()])) });
    }
  }

  async function accept(userId: string): Promise<Result> {
    const accepted = await tools?.engine.accept(userId);
    if (!accepted?.ok) return fail('unavailable');
    publishTrust();
    needs.onDecided(userId);
    return ok(undefined);
  }

  async function tellRemoved(deviceIds: readonly string[]): Promise<Result> {
    for (const id of deviceIds) await tools?.engine.tellRemoved(id, needs.contacts());
    return ok(undefined);
  }

  async function perform(ask: SecurityAsk): Promise<Result<string | null>> {
    if (ask.do === 'unlock') {
      if (keeper) await keeper.unlock(ask.exportKey);
      else exportKey = ask.exportKey;
      return ok(null);
    }
    if (!keeper) return fail('unavailable');
    if (ask.do === 'make-code') return keeper.makeCode();
    const done = await performOn(keeper, ask);
    return done.ok ? ok(null) : done;
  }

  function performOn(own: IdentityKeeper, ask: SecurityAsk): Promise<Result> {
    switch (ask.do) {
      case 'restore':
        return own.restore(ask.key);
      case 'start-over':
        return own.startOver(ask.proof, ask.exportKey);
      case 'accept-identity':
        return accept(ask.userId);
      case 'tell-removed':
        return tellRemoved(ask.deviceIds);
      case 'unlock':
      case 'make-code':
        return Promise.resolve(fail('internal'));
      default:
        return verifications?.perform(ask) ?? Promise.resolve(fail('unavailable'));
    }
  }

  return { setTools, settle: () => keeper?.settle() ?? Promise.resolve(), watchContacts, perform };
}
