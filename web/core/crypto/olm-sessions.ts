/** Sessions between this device and single other devices, each begun with a key that the server hands out once. */
import { engineUserId } from '../../../signaling/protocol/keys.ts';
import type { Result } from '../model.ts';
import { DONE } from '../result.ts';
import type { Address } from './address.ts';
import type { KeyServer } from './key-server.ts';
import type { Machine } from './machine.ts';
import { createTurns } from './turns.ts';

export interface OlmSessions {
  /** Begins one with every device of these people that lacks one. */
  open(people: readonly string[]): Promise<Result>;
  /** Begins another one, though there is one: the other device could not read what was sent in that. */
  renew(to: Address): Promise<Result>;
}

export function createOlmSessions({ olm, library, call }: Machine, server: KeyServer): OlmSessions {
  const turns = createTurns();

  async function claim(id: string, body: Parameters<KeyServer['claim']>[0]): Promise<Result> {
    const answer = await server.claim(body);
    if (!answer.ok) return answer;
    await call(() => olm.markRequestAsSent(id, library.RequestType.KeysClaim, JSON.stringify(answer.value)));
    return DONE;
  }

  return {
    // The engine knows of one claim at a time.
    open: (people) =>
      turns('claim', async () => {
        const users = people.map((person) => new library.UserId(engineUserId(person)));
        const request = await call(() => olm.getMissingSessions(users));
        if (!request) return DONE;
        return claim(request.id, JSON.parse(request.body) as Parameters<KeyServer['claim']>[0]);
      }),
    renew: ({ userId, deviceId }) =>
      turns('claim', () =>
        claim(`renew-${deviceId}`, {
          one_time_keys: { [engineUserId(userId)]: { [deviceId]: 'signed_curve25519' } },
        }),
      ),
  };
}
