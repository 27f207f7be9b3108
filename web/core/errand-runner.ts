/** Tells the engine what is kept for it (errands.ts), each until it was told. */
import { inBackground } from './background.ts';
import type { Engine } from './crypto/engine-model.ts';
import { mayPass } from './crypto/outcome.ts';
import type { Outcome } from './crypto/outcome.ts';
import type { Errand, Errands } from './errands.ts';
import type { IdentityKeeper } from './identity-keeper.ts';
import type { Platform } from './platform.ts';

interface Needs {
  readonly platform: Pick<Platform, 'report'>;
  readonly errands: Errands;
  readonly engine: Pick<Engine, 'tellRemoved'> & {
    readonly invites: Pick<Engine['invites'], 'came' | 'forget'>;
  };
  readonly keeper: Pick<IdentityKeeper, 'unlock'>;
  /** Null: not known yet. */
  readonly contacts: () => readonly string[] | null;
}

/** Called whenever there is something new, or what failed may succeed. */
export function createErrandRunner({ platform, errands, engine, keeper, contacts }: Needs): () => void {
  const background = inBackground(platform.report);
  /** As they are kept. */
  const underWay = new Set<string>();

  /** Each once at a time: that of a password ends when it was used. */
  async function run(errand: Errand): Promise<void> {
    const kept = JSON.stringify(errand);
    if (underWay.has(kept)) return;
    underWay.add(kept);
    try {
      if (await isTold(errand)) errands.done(errand);
    } finally {
      underWay.delete(kept);
    }
  }

  /** False: it is to be tried again. */
  async function isTold(errand: Errand): Promise<boolean> {
    if (errand.do === 'unlock') {
      await keeper.unlock(errand.exportKey);
      return true;
    }
    const told = await tell(errand);
    return told !== null && (told.ok || !mayPass(told.failure));
  }

  /** Null: whom it is about, or for, is not known yet. */
  async function tell(errand: Exclude<Errand, { do: 'unlock' }>): Promise<Outcome | null> {
    if (errand.do === 'forget-invite') return engine.invites.forget(errand.id);
    const friends = contacts();
    if (errand.do === 'tell-removed') return friends && engine.tellRemoved(errand.deviceId, friends);
    const inviterId = errand.inviterId ?? friends?.[0];
    return inviterId === undefined ? null : engine.invites.came(errand.secret, inviterId);
  }

  return () => {
    for (const errand of errands.all()) background(`telling the engine (${errand.do})`, run(errand));
  };
}
