/** Of all verifications under way, the one that the page shows, and what the person does about it. */
import { base64, bytesOfBase64 } from './base64.ts';
import type { Engine } from './crypto/engine-model.ts';
import type { Result, Verification } from './model.ts';
import { fail, ok } from './result.ts';
import type { Scope } from './scope.ts';
import type { SecurityAsk } from './tabs/security-ask.ts';

const PREFIX = 'holler-verify:';

type Flow = ReturnType<Engine['verifying']['all']['get']>[number];

type VerificationAsk = Extract<
  SecurityAsk,
  { do: 'verify' | 'agree' | 'compare' | 'scan' | 'confirm' | 'dismiss' }
>;

export interface Verifications {
  perform(ask: VerificationAsk): Promise<Result>;
}

export function followVerifications(
  { verifying }: Engine,
  scope: Scope,
  show: (verification: Verification | null) => void,
): Verifications {
  /** For which a code was asked of the engine. */
  const coded = new Set<string>();
  /** In which a code was scanned that is not the other side's. */
  const wrong = new Set<string>();

  function look(): void {
    const flows = verifying.all.get();
    for (const { id, at } of flows) {
      if (at.step !== 'choosing' || coded.has(id)) continue;
      coded.add(id);
      void verifying.show(id);
    }
    show(viewOf(shownFlow(flows, wrong), wrong));
  }

  async function scan(id: string, text: string): Promise<Result> {
    const code = bytesOfText(text);
    if (code === null) return fail('bad-request');
    const scanned = await verifying.scan(id, code);
    if (!scanned.ok && scanned.failure.why === 'mismatch') {
      wrong.add(id);
      look();
    }
    return ok(undefined);
  }
  scope.own(verifying.all.subscribe(look));

  return {
    async perform(ask) {
      const flow = shownFlow(verifying.all.get(), wrong);
      if (ask.do === 'verify') await verifying.ask(ask.userId);
      else if (!flow) return fail('not-found');
      else if (ask.do === 'agree') await verifying.accept(flow.id);
      else if (ask.do === 'compare') await verifying.compare(flow.id);
      else if (ask.do === 'scan') return scan(flow.id, ask.text);
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

/** As text, because what cameras hand out is text. */
const textOf = (code: Uint8Array): string => PREFIX + base64(code);

function bytesOfText(text: string): Uint8Array | null {
  return text.startsWith(PREFIX) ? bytesOfBase64(text.slice(PREFIX.length)) : null;
}

/** The newest that concerns the person here; null if there is none. */
function shownFlow(flows: readonly Flow[], wrong: ReadonlySet<string>): Flow | null {
  return flows.findLast((flow) => phaseOf(flow, wrong) !== null) ?? null;
}

function viewOf(flow: Flow | null, wrong: ReadonlySet<string>): Verification | null {
  const phase = flow && phaseOf(flow, wrong);
  return phase && flow ? { userId: flow.userId, phase } : null;
}

/** Null for what was settled on another device, or called off here. */
function phaseOf({ id, at }: Flow, wrong: ReadonlySet<string>): Verification['phase'] | null {
  if (wrong.has(id)) return { at: 'ended', why: 'different' };
  switch (at.step) {
    case 'asked':
      return { at: 'asked' };
    case 'asking':
    case 'waiting':
      return { at: 'waiting' };
    case 'choosing':
      return { at: 'choosing', code: at.code && textOf(at.code) };
    case 'scanned':
      return { at: 'scanned' };
    case 'comparing':
      return { at: 'comparing', emoji: at.emoji.map(({ symbol, number }) => ({ symbol, index: number })) };
    case 'done':
      return { at: 'done' };
    case 'cancelled':
      if (at.why === 'elsewhere' || (at.byUs && at.why !== 'mismatch')) return null;
      return { at: 'ended', why: at.why === 'mismatch' ? 'different' : at.why };
  }
}
