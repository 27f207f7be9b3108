/** The leading tab's signals: seals and opens offers, answers and candidates, each to or from one device, in their order. */
import * as v from 'valibot';
import { base64, bytesOfBase64 } from './base64.ts';
import type { Address } from './crypto/address.ts';
import { keyOf } from './crypto/address.ts';
import { kindOf } from './crypto/sealed.ts';
import type { Engine } from './crypto/engine-model.ts';
import type { Result } from './model.ts';
import type { Report } from './platform.ts';
import { fail, ok } from './result.ts';
import type { Scope } from './scope.ts';
import { jsonSchema } from './wire/json.ts';

type SignalEngine = Pick<Engine, 'sealSignal' | 'openSignal'>;

interface Needs {
  readonly scope: Scope;
  readonly engine: { now(): SignalEngine | null; open(): Promise<SignalEngine | null> };
  /** What waited in the mailbox when the connection began came before any signal, and the engine must open it before. */
  readonly collected: () => Promise<void>;
  readonly onSignal: (from: Address, linkId: string, body: string) => void;
  readonly report: Report;
}

export interface LeaderSignals {
  /** As the server brought it: base64. What it says is told by `onSignal`, if it can be opened. */
  readonly take: (from: Address, linkId: string, body: string) => void;
  /** Base64. */
  readonly seal: (to: Address, linkId: string, body: string) => Promise<Result<string>>;
}

/** The link's id is part of what is sealed, so that the server cannot lay one signal to another link. */
const signalSchema = jsonSchema(v.object({ linkId: v.string(), body: v.string() }));

export function startSignals(needs: Needs): LeaderSignals {
  const { scope, engine, onSignal, report } = needs;
  /** Signals keep their order, which sealing and opening would upset. */
  const outgoing = new Map<string, Promise<unknown>>();
  let incoming: Promise<unknown> = Promise.resolve();

  async function sealNow(to: Address, linkId: string, body: string): Promise<Result<string>> {
    const opened = engine.now() ?? (await engine.open());
    if (!opened) return fail('unavailable');
    const sealed = await opened.sealSignal(to, JSON.stringify({ linkId, body }));
    return sealed.ok ? ok(base64(sealed.value)) : fail('unavailable');
  }

  async function openNow(from: Address, linkId: string, body: string): Promise<void> {
    const bytes = bytesOfBase64(body);
    const opened = engine.now() ?? (await engine.open());
    if (!bytes || !opened) return;
    if (kindOf(bytes) === 'event') await needs.collected();
    if (scope.ended) return;
    const text = await opened.openSignal(from, bytes);
    const parsed = v.safeParse(signalSchema, text.ok ? text.value : null);
    if (parsed.success && parsed.output.linkId === linkId) onSignal(from, linkId, parsed.output.body);
  }

  return {
    take(from, linkId, body) {
      incoming = incoming
        .then(() => openNow(from, linkId, body))
        .catch((error: unknown) => report('opening a signal', error));
    },
    seal(to, linkId, body) {
      const key = keyOf(to);
      const sealed = (outgoing.get(key) ?? Promise.resolve()).then(() => sealNow(to, linkId, body));
      outgoing.set(
        key,
        // Its failure is for who asked; the next one is sealed all the same.
        sealed.catch(() => undefined),
      );
      return sealed;
    },
  };
}
