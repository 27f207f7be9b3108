/** Signals between two devices: by the key that they gave each other (signal-keys.ts), else by the engine's own session. */
import type { Result } from '../model.ts';
import type { Address } from './address.ts';
import type { Events, Received } from './events.ts';
import type { OlmSessions } from './olm-sessions.ts';
import type { EngineFailure, Outcome } from './outcome.ts';
import { no, unreachable, yes } from './outcome.ts';
import type { People } from './people.ts';
import type { Post } from './post.ts';
import type { SignalKeys } from './signal-keys.ts';
import { isQuickSignal } from './signal-keys.ts';

export type SignalFailure = EngineFailure | { readonly why: Exclude<Received, { did: 'take' }>['why'] };

export interface Signals {
  /** For one device, which alone can open it, once. */
  seal(to: Address, text: string): Promise<Outcome<Uint8Array<ArrayBuffer>>>;
  open(from: Address, bytes: Uint8Array): Promise<Outcome<string, SignalFailure>>;
}

interface Needs {
  readonly post: Post;
  readonly events: Events;
  readonly sessions: OlmSessions;
  readonly people: People;
  /** Null without the browser's ciphers. */
  readonly keys: SignalKeys | null;
  /** Whether anything may be said to this person, or heard from them. */
  readonly mayTalkTo: (userId: string) => Promise<Outcome>;
}

const SIGNAL = 'holler.signal';

export function createSignals({ post, events, sessions, people, keys, mayTalkTo }: Needs): Signals {
  async function sealByEngine(to: Address, text: string): Promise<Outcome<Uint8Array<ArrayBuffer>>> {
    const content = { text, ...(await keys?.offer(to)) };
    let sealed = await post.seal(to, SIGNAL, content);
    if (!sealed.ok && sealed.failure.code === 'unavailable') {
      const opened = await sessions.open([to.userId]);
      if (!opened.ok) return unreachable(opened.failure);
      sealed = await post.seal(to, SIGNAL, content);
    }
    return sealed.ok ? yes(sealed.value) : no(failureOf(sealed.failure));
  }

  async function openQuickly(from: Address, bytes: Uint8Array): Promise<Outcome<string, SignalFailure>> {
    if (!(await people.believes(from))) return no({ why: 'untrusted-device' });
    const text = await keys?.open(from, bytes);
    return typeof text === 'string' ? yes(text) : no({ why: 'undecryptable' });
  }

  async function openByEngine(from: Address, bytes: Uint8Array): Promise<Outcome<string, SignalFailure>> {
    const [received] = await events.receive([{ from, bytes }]);
    if (received === undefined) return no({ why: 'malformed' });
    if (received.did === 'refuse') return no({ why: received.why });
    const content = (received.content ?? {}) as { text?: unknown };
    if (received.type !== SIGNAL || typeof content.text !== 'string') return no({ why: 'malformed' });
    await keys?.take(from, content);
    return yes(content.text);
  }

  return {
    async seal(to, text) {
      const may = await mayTalkTo(to.userId);
      if (!may.ok) return may;
      const quick = (await people.believes(to)) ? await keys?.seal(to, text) : null;
      return quick ? yes(quick) : sealByEngine(to, text);
    },
    async open(from, bytes) {
      const may = await mayTalkTo(from.userId);
      if (!may.ok) return may;
      return isQuickSignal(bytes) ? openQuickly(from, bytes) : openByEngine(from, bytes);
    },
  };
}

function failureOf(failure: Extract<Result, { ok: false }>['failure']): EngineFailure {
  if (failure.code === 'too-large') return { why: 'too-large' };
  if (failure.code === 'not-found' || failure.code === 'forbidden') return { why: 'untrusted-device' };
  return { why: 'unreachable', failure };
}
