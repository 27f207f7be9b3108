/** Of all verifications under way, the one that the page shows, and what the person does about it. */
import type { Engine } from './crypto/engine.ts';
import type { Result, Verification } from './model.ts';
import { fail, ok } from './result.ts';
import type { Scope } from './scope.ts';
import type { SecurityAsk } from './tabs/security-ask.ts';

type Flow = ReturnType<Engine['verifying']['all']['get']>[number];

type VerificationAsk = Extract<SecurityAsk, { do: 'verify' | 'agree' | 'confirm' | 'dismiss' }>;

export interface Verifications {
  perform(ask: VerificationAsk): Promise<Result>;
}

export function followVerifications(
  { verifying }: Engine,
  scope: Scope,
  show: (verification: Verification | null) => void,
): Verifications {
  /** Those that were begun here. */
  const begun = new Set<string>();

  function look(): void {
    const flows = verifying.all.get();
    // Who asked begins, once the other side is willing.
    for (const { id, incoming, at } of flows) {
      if (incoming || at.step !== 'choosing' || begun.has(id)) continue;
      begun.add(id);
      void verifying.compare(id);
    }
    show(viewOf(shownFlow(flows)));
  }
  scope.own(verifying.all.subscribe(look));

  return {
    async perform(ask) {
      const flow = shownFlow(verifying.all.get());
      if (ask.do === 'verify') await verifying.ask(ask.userId);
      else if (!flow) return fail('not-found');
      else if (ask.do === 'agree') await verifying.accept(flow.id);
      else if (ask.do === 'confirm') await verifying.confirm(flow.id);
      else {
        const different = ask.do === 'dismiss' && ask.different;
        const over = flow.at.step === 'done' || flow.at.step === 'cancelled';
        if (!over) await (different ? verifying.mismatch(flow.id) : verifying.cancel(flow.id));
        if (over || !different) verifying.dismiss(flow.id);
      }
      return ok(undefined);
    },
  };
}

/** The newest that concerns the person here; null if there is none. */
function shownFlow(flows: readonly Flow[]): Flow | null {
  return flows.findLast((flow) => phaseOf(flow) !== null) ?? null;
}

function viewOf(flow: Flow | null): Verification | null {
  const phase = flow && phaseOf(flow);
  return phase && flow ? { userId: flow.userId, phase } : null;
}

/** Null for what was settled on another device, or called off here. */
function phaseOf({ at }: Flow): Verification['phase'] | null {
  switch (at.step) {
    case 'asked':
      return { at: 'asked' };
    case 'asking':
    case 'choosing':
    case 'waiting':
    // Codes are shown by another kind of page; this one compares emoji.
    case 'scanned':
      return { at: 'waiting' };
    case 'comparing':
      return { at: 'comparing', emoji: at.emoji.map(({ symbol, number }) => ({ symbol, index: number })) };
    case 'done':
      return { at: 'done' };
    case 'cancelled':
      if (at.why === 'elsewhere' || (at.byUs && at.why !== 'mismatch')) return null;
      return { at: 'ended', why: at.why === 'mismatch' ? 'different' : at.why };
  }
}
