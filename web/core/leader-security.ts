/** The leading tab's security: this device's own, everybody's trust, and what the person asks about them. */
import type { Me } from '../../signaling/protocol/http.ts';
import { createErrands } from './errands.ts';
import type { Errand } from './errands.ts';
import type { IdentityKeeper, SecurityTools } from './identity-keeper.ts';
import type { Result, Trust } from './model.ts';
import type { Platform } from './platform.ts';
import { fail, ok } from './result.ts';
import type { Scope } from './scope.ts';
import type { LiveState } from './tabs/bus.ts';
import type { SecurityAsk } from './tabs/security-ask.ts';
import type { Verifications } from './verifications.ts';

interface Needs {
  readonly platform: Pick<Platform, 'keep' | 'random' | 'report' | 'timers'>;
  readonly scope: Scope;
  readonly me: () => Me;
  readonly contacts: () => readonly string[];
  /** Whether these are all. */
  readonly knowsContacts: () => boolean;
  readonly publish: (change: Partial<LiveState>) => void;
  /** The person decided about this friend's identity. */
  readonly onDecided: (conversationId: string) => void;
  /** This device's keys are gone; told until the session is over. */
  readonly onLost: () => void;
}

export interface LeaderSecurity {
  /** Null: the engine could not be had, or is dead. */
  setTools(tools: SecurityTools | null): void;
  /** At every welcome, and when one's own keys changed. */
  settle(): Promise<void>;
  /** There may be other contacts. */
  watchContacts(): void;
  /** Told to the engine as soon as it can be, now or by a later tab. */
  take(errand: Errand): void;
  /** Seed of the account's master key; null: not on this device, or not now. */
  master(): Promise<string | null>;
  /** The answer to `make-code` is the code, that to `open-invite` the secret. */
  readonly perform: (ask: SecurityAsk) => Promise<Result<string | null>>;
}

export function startSecurity(needs: Needs): LeaderSecurity {
  const { scope, publish } = needs;
  let tools: SecurityTools | null = null;
  let keeper: IdentityKeeper | null = null;
  const errands = createErrands(needs.platform.keep, needs.me().deviceId);
  /** Nothing before there is an engine. */
  let runErrands = (): void => undefined;
  let tellTried = (): void => undefined;
  /** The engine is there, or could not be had. */
  const tried = new Promise<void>((resolve) => (tellTried = resolve));
  const watched = new Set<string>();
  let verifications: Verifications | null = null;

  function setTools(next: SecurityTools | null): void {
    tellTried();
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
      onLost: needs.onLost,
    });
    runErrands = next.createErrandRunner({
      platform: needs.platform,
      errands,
      engine: next.engine,
      keeper,
      contacts: () => (needs.knowsContacts() ? needs.contacts() : null),
    });
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
    runErrands();
  }

  function take(errand: Errand): void {
    errands.keep(errand);
    runErrands();
  }

  async function openInvite(id: string, expiresAt: number): Promise<Result<string | null>> {
    await tried;
    const opened = await tools?.engine.invites.open(id, expiresAt);
    return ok(opened?.ok ? opened.value : null);
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

  async function perform(ask: SecurityAsk): Promise<Result<string | null>> {
    if (ask.do === 'open-invite') return openInvite(ask.id, ask.expiresAt);
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
      case 'make-code':
      case 'open-invite':
        return Promise.resolve(fail('internal'));
      default:
        return verifications?.perform(ask) ?? Promise.resolve(fail('unavailable'));
    }
  }

  async function settle(): Promise<void> {
    await keeper?.settle();
    if (!tools || scope.ended) return;
    await tools.engine.settleRemovals(needs.contacts());
    await tools.engine.invites.settle();
    runErrands();
  }

  async function master(): Promise<string | null> {
    const { engine } = tools ?? {};
    if (!engine || engine.broken.get() || engine.identity.state.get() !== 'ready') return null;
    return (await engine.identity.secrets())?.master ?? null;
  }

  return { setTools, settle, watchContacts, take, master, perform };
}
