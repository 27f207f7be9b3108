/** The page's face of security: what the leading tab says, and what the person asks of it. */
import type { Proved } from './account/opaque.ts';
import type { Result, Security } from './model.ts';
import { DONE, fail, ok } from './result.ts';
import type { LiveState } from './tabs/bus.ts';
import type { SecurityAsk } from './tabs/security-ask.ts';
import { derived } from './value.ts';
import type { Value } from './value.ts';

type Shown = Pick<LiveState, 'security' | 'trust' | 'verification'>;

export const NO_SECURITY: Shown = { security: { state: 'starting' }, trust: new Map(), verification: null };

interface Needs {
  readonly live: Value<Shown>;
  readonly proveOwn: (password: string) => Promise<Result<Proved>>;
  readonly ask: (ask: SecurityAsk) => Promise<Result<string | null>>;
}

export function createSecurityFace({ live, proveOwn, ask }: Needs): Security {
  const tell = (said: SecurityAsk): void => void ask(said);
  const done = async (asked: Promise<Result<unknown>>): Promise<Result> => {
    const result = await asked;
    return result.ok ? DONE : result;
  };

  return {
    state: derived(live, ({ security }) => security),
    trust: derived(live, ({ trust }) => trust),
    verification: derived(live, ({ verification }) => verification),
    verify: (userId) => tell({ do: 'verify', userId }),
    agree: () => tell({ do: 'agree' }),
    compare: () => tell({ do: 'compare' }),
    scan: (text) => done(ask({ do: 'scan', text })),
    confirm: () => tell({ do: 'confirm' }),
    dismiss: (different) => tell({ do: 'dismiss', different }),
    acceptIdentity: (userId) => tell({ do: 'accept-identity', userId }),
    async restore(by) {
      if ('code' in by) return done(ask({ do: 'restore', key: { by: 'code', code: by.code } }));
      const proved = await proveOwn(by.password);
      if (!proved.ok) return proved;
      return done(ask({ do: 'restore', key: { by: 'password', exportKey: proved.value.exportKey } }));
    },
    async createRecoveryCode(password) {
      // Whoever finds the page open must not take the account away with it.
      const proved = await proveOwn(password);
      if (!proved.ok) return proved;
      const made = await ask({ do: 'make-code' });
      if (!made.ok) return made;
      return made.value === null ? fail('internal') : ok(made.value);
    },
    async startOver(password) {
      const proved = await proveOwn(password);
      if (!proved.ok) return proved;
      const { proof, exportKey } = proved.value;
      return done(ask({ do: 'start-over', proof, exportKey }));
    },
  };
}
