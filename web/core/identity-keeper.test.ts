import { describe, expect, it } from 'vitest';
import { createFakeTime } from '../../tests/fakes/time.ts';
import { no, unreachable, yes } from './crypto/outcome.ts';
import type { Identity } from './crypto/identity.ts';
import { createIdentityKeeper } from './identity-keeper.ts';
import type { SecurityState } from './model.ts';
import { fail, ok } from './result.ts';
import { createScope } from './scope.ts';
import { cell } from './value.ts';

const SECRETS = { master: 'm', selfSigning: 's', userSigning: 'u' };
const nothing = () => undefined;

/** A new device of an account that has a vault, whose password was just entered; `answers`: what the server says to each try to restore. */
function newDevice(answers: readonly Awaited<ReturnType<Identity['restore']>>[], password = 'right') {
  const time = createFakeTime();
  const state = cell<ReturnType<Identity['state']['get']>>('needs-restore');
  const shown: SecurityState['state'][] = [];
  let tries = 0;
  let opened = 0;
  const used: string[] = [];
  let whileOpening = nothing;
  const keeper = createIdentityKeeper(
    {
      engine: {
        broken: cell(false),
        identity: {
          state,
          check: () => Promise.resolve(yes(undefined)),
          create: () => Promise.resolve(yes(undefined)),
          restore() {
            const answer = answers[tries++] ?? yes(undefined);
            if (answer.ok) state.set('ready');
            return Promise.resolve(answer);
          },
          reset: () => Promise.resolve(yes(undefined)),
          secrets: () => Promise.resolve(SECRETS),
        },
      },
      directory: {
        readVault: () => Promise.resolve(ok({ version: 1, byPassword: 'sealed', byCode: null })),
        writeVault: () => Promise.resolve(fail('conflict')),
      },
      vaults: {
        seal: () => Promise.resolve('sealed'),
        open(_accountId, key) {
          opened += 1;
          whileOpening();
          const isIt = key.by === 'password' && key.exportKey === 'right';
          return Promise.resolve(isIt ? yes(SECRETS) : no('wrong-key'));
        },
      },
      recoveryCode: () => 'code',
    },
    {
      platform: {
        timers: time.timers,
        random: { bytes: (length) => new Uint8Array(length), fraction: () => 0 },
      },
      scope: createScope(),
      me: () => ({
        id: 'ada',
        userName: 'ada',
        displayName: 'Ada',
        kind: 'account',
        deviceId: 'd',
        presence: 'online',
        statusText: '',
      }),
      show: (security) => shown.push(security.state),
      onLost: nothing,
    },
  );
  const unlock = (entered = password) => void keeper.unlock(entered).then(() => used.push(entered));
  const setWhileOpening = (work: () => undefined) => (whileOpening = work);
  return { time, shown, unlock, setWhileOpening, opened: () => opened, used };
}

describe('a new device whose password was entered', () => {
  it('gets its keys once server and storage can give and keep them, if they could not at first', async () => {
    const { time, shown, unlock, used } = newDevice([
      unreachable({ code: 'unavailable' }),
      no({ why: 'storage' }),
    ]);
    unlock();
    await time.settle();
    expect([shown, used]).toEqual([['needs-restore'], []]);
    await time.advance(30_000);
    expect([shown.at(-1), used]).toEqual(['ready', ['right']]);
  });

  it('does not take another one, entered while the vault opened with this, for used', async () => {
    const { time, unlock, setWhileOpening, opened, used } = newDevice([]);
    // First to restore, then to see whether it is sealed for this password.
    setWhileOpening(() => void (opened() === 2 && unlock('next')));
    unlock();
    await time.settle();
    expect(opened()).toBeGreaterThan(2);
    expect(used).toEqual(['right']);
  });

  it('is asked for it again, and tries no further, if the vault does not open with it', async () => {
    const { time, shown, unlock, opened } = newDevice([], 'wrong');
    unlock();
    await time.advance(60_000);
    expect([shown, opened()]).toEqual([['needs-restore'], 1]);
  });
});
