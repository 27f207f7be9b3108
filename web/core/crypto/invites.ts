/**
 * Secrets of invite links, which stand behind the # of the link and which no server sees. Whoever came by a link proves to
 * its maker that they know its secret, and the other way round; who did is verified, as after comparing emoji.
 */
import type * as Wasm from '@matrix-org/matrix-sdk-crypto-wasm';
import * as v from 'valibot';
import { idSchema, timeSchema } from '../../../signaling/protocol/common.ts';
import { engineUserId } from '../../../signaling/protocol/keys.ts';
import type { Clock, Random } from '../platform.ts';
import type { Address } from './address.ts';
import type { Events } from './events.ts';
import type { Meeting } from './invite-proof.ts';
import { createInviteProofs } from './invite-proof.ts';
import type { Machine } from './machine.ts';
import { EngineBroken } from './machine.ts';
import type { Outcome } from './outcome.ts';
import { no, unreachable, yes } from './outcome.ts';
import type { Outgoing } from './outgoing.ts';
import type { People } from './people.ts';
import type { Signing } from './signing.ts';
import type { Telling } from './telling.ts';
import type { Trust } from './trust.ts';
import { masterKeyOf } from './trust.ts';
import { createTurns } from './turns.ts';

export interface Invites {
  /** Makes the secret of a link of one's own, and keeps it on all of one's devices. `not-ready`: no ciphers here. */
  open(inviteId: string, expiresAt: number): Promise<Outcome<string>>;
  /** The link was taken back: its secret proves nothing any more. */
  forget(inviteId: string): Promise<Outcome>;
  /** One came by a link of this person's. */
  came(secret: string, inviterId: string): Promise<Outcome>;
  /** Goes on with what is not done with: an answer that has not come, a signature that the server does not have. */
  settle(): Promise<Outcome>;
}

interface Needs {
  readonly machine: Machine;
  readonly me: Address;
  readonly subtle: SubtleCrypto;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
  readonly events: Pick<Events, 'on'>;
  readonly telling: Pick<Telling, 'tellAs'>;
  readonly signing: Pick<Signing, 'keyOf'>;
  readonly people: People;
  readonly trust: Trust;
  readonly outgoing: Outgoing;
}

const EVENT = 'holler.invite';
const NOTE = 'invites';
/** Mail waits as long for a device. */
const MAIL_DAYS = 30 * 24 * 3_600_000;
const SECRET_BYTES = 16;
/** More links than anybody may have open, with those that mail may still be on the way for. */
const MOST = 200;

const secretSchema = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));
const proofSchema = v.pipe(v.string(), v.length(64));
const saidSchema = v.variant('kind', [
  /** From whoever came by the link that is called so. */
  v.object({ kind: v.literal('proof'), link: proofSchema, proof: proofSchema }),
  /** From the link's maker, in return. */
  v.object({ kind: v.literal('answer'), proof: proofSchema }),
  /** From another device of one's own. */
  v.object({ kind: v.literal('opened'), id: idSchema, secret: secretSchema, until: timeSchema }),
  v.object({ kind: v.literal('closed'), id: idSchema }),
]);
type Said = v.InferOutput<typeof saidSchema>;

interface Kept {
  /** Of one's own links. */
  readonly own: readonly { id: string; name: string; secret: string; until: number }[];
  /** By which one came, and whose maker has not answered. */
  readonly unanswered: readonly { secret: string; inviterId: string; until: number }[];
  /** Who proved it with which master key, while their signature is not with the server. */
  readonly proven: readonly { userId: string; key: string; until: number }[];
}
const NOTHING: Kept = { own: [], unanswered: [], proven: [] };

export function createInvites(needs: Needs): Invites {
  const { machine, me, clock, random, telling, signing, people, trust, outgoing } = needs;
  const { olm, library, notes, call } = machine;
  const proofs = createInviteProofs(needs.subtle);
  const turns = createTurns();
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => turns(NOTE, task);

  // --- What is kept ----------------------------------------------------------------------------------------------

  async function kept(): Promise<Kept> {
    const { own, unanswered, proven } = ((await notes.get(NOTE)) ?? NOTHING) as Kept;
    const isLive = ({ until }: { until: number }) => until > clock.now();
    return {
      own: own.filter(isLive),
      unanswered: unanswered.filter(isLive),
      proven: proven.filter(isLive),
    };
  }

  const save = async (change: Partial<Kept>): Promise<void> =>
    notes.set([[NOTE, { ...(await kept()), ...change }]]);

  async function keep(id: string, secret: string, until: number): Promise<void> {
    const { own } = await kept();
    const name = await proofs.nameOf(secret);
    await save({ own: [...own.filter((link) => link.id !== id), { id, name, secret, until }].slice(-MOST) });
  }

  async function drop(id: string): Promise<void> {
    const { own } = await kept();
    await save({ own: own.filter((link) => link.id !== id) });
  }

  // --- Proofs ----------------------------------------------------------------------------------------------------

  /** Null while one of the two identities is not known, or not to be relied on. */
  async function meetingOf(inviterId: string, invitedId: string): Promise<Meeting | null> {
    const inviter = await signing.keyOf(inviterId);
    const invited = await signing.keyOf(invitedId);
    if (!inviter.ok || !invited.ok || inviter.value === null || invited.value === null) return null;
    return {
      inviter: { id: inviterId, key: inviter.value },
      invited: { id: invitedId, key: invited.value },
    };
  }

  async function prove({ secret, inviterId }: Kept['unanswered'][number]): Promise<Outcome> {
    const meeting = await meetingOf(inviterId, me.userId);
    // Once they are known, `settle` comes back to it.
    if (!meeting) return yes(undefined);
    const proof = await proofs.prove(secret, 'invited', meeting);
    const link = await proofs.nameOf(secret);
    return say([inviterId], { kind: 'proof', link, proof });
  }

  const say = (to: readonly string[], said: Said): Promise<Outcome> => telling.tellAs(EVENT, to, said);

  async function takeProof(from: string, link: string, proof: string): Promise<void> {
    const own = (await kept()).own.find(({ name }) => name === link);
    const meeting = own && (await meetingOf(me.userId, from));
    // Of a link that was taken back, or that another device made: nothing is known of it here.
    if (!own || !meeting) return;
    if (!(await proofs.holds(proof, own.secret, 'invited', meeting))) return trust.disprove(from);
    await believe(from, meeting.invited.key);
    await say([from], { kind: 'answer', proof: await proofs.prove(own.secret, 'inviter', meeting) });
  }

  async function takeAnswer(from: string, proof: string): Promise<void> {
    const { unanswered } = await kept();
    const asked = unanswered.find(({ inviterId }) => inviterId === from);
    const meeting = asked && (await meetingOf(from, me.userId));
    if (!asked || !meeting) return;
    const holds = await proofs.holds(proof, asked.secret, 'inviter', meeting);
    if (holds) await believe(from, meeting.inviter.key);
    else await trust.disprove(from);
    await save({ unanswered: unanswered.filter((each) => each !== asked && each.inviterId !== from) });
  }

  // --- Verified --------------------------------------------------------------------------------------------------

  async function believe(userId: string, key: string): Promise<void> {
    if ((await trust.level(userId)) === 'verified') return;
    const { proven } = await kept();
    const until = clock.now() + MAIL_DAYS;
    await save({ proven: [...proven.filter((each) => each.userId !== userId), { userId, key, until }] });
    await signProven();
  }

  /** The engine believes what it signed once it sees the signature in an answer of the server. */
  async function signProven(): Promise<Outcome> {
    for (const each of (await kept()).proven) {
      const request = await signatureOn(each.userId, each.key);
      if (request === 'later') continue;
      if (request !== null) {
        const sent = await outgoing.send(request);
        const seen = sent.ok ? await people.refresh([each.userId]) : sent;
        if (!seen.ok) return unreachable(seen.failure);
        await trust.refresh(each.userId);
      }
      const { proven } = await kept();
      await save({ proven: proven.filter(({ userId }) => userId !== each.userId) });
    }
    return yes(undefined);
  }

  /** Null: there is another identity by now. `later`: this device cannot sign yet. */
  async function signatureOn(
    userId: string,
    key: string,
  ): Promise<Wasm.SignatureUploadRequest | 'later' | null> {
    const user = new library.UserId(engineUserId(userId));
    const identity = await call(() => olm.getIdentity(user));
    user.free();
    if (identity === undefined || masterKeyOf(identity) !== key) return null;
    try {
      return await call(() => identity.verify());
    } catch (error) {
      if (error instanceof EngineBroken) throw error;
      return 'later';
    } finally {
      identity.free();
    }
  }

  // --- From other devices ----------------------------------------------------------------------------------------

  async function take(from: Address, content: unknown): Promise<void> {
    const parsed = v.safeParse(saidSchema, content);
    if (!parsed.success) return;
    const said = parsed.output;
    const isOwn = from.userId === me.userId;
    if (said.kind === 'proof' && !isOwn) await takeProof(from.userId, said.link, said.proof);
    if (said.kind === 'answer' && !isOwn) await takeAnswer(from.userId, said.proof);
    if (said.kind === 'opened' && isOwn) await keep(said.id, said.secret, said.until);
    if (said.kind === 'closed' && isOwn) await drop(said.id);
  }
  needs.events.on(EVENT, (from, content) => inTurn(() => take(from, content)));

  return {
    open: (id, expiresAt) =>
      inTurn(async () => {
        const secret = [...random.bytes(SECRET_BYTES)]
          .map((byte) => byte.toString(16).padStart(2, '0'))
          .join('');
        const until = expiresAt + MAIL_DAYS;
        await keep(id, secret, until);
        // Without them this device answers alone.
        await say([me.userId], { kind: 'opened', id, secret, until });
        return yes(secret);
      }),
    forget: (id) =>
      inTurn(async () => {
        await drop(id);
        return say([me.userId], { kind: 'closed', id });
      }),
    came: (secret, inviterId) =>
      inTurn(async () => {
        if (!v.is(secretSchema, secret)) return no({ why: 'mismatch' });
        const { unanswered } = await kept();
        const arrival = { secret, inviterId, until: clock.now() + MAIL_DAYS };
        await save({ unanswered: [...unanswered.filter((each) => each.inviterId !== inviterId), arrival] });
        return prove(arrival);
      }),
    settle: () =>
      inTurn(async () => {
        for (const arrival of (await kept()).unanswered) {
          const told = await prove(arrival);
          if (!told.ok) return told;
        }
        return signProven();
      }),
  };
}
