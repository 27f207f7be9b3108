/** Makes changes to groups: signs each, has the server take it in, and tries again after somebody else's. */
import type { GroupChange, GroupState } from '../../../signaling/protocol/group-log.ts';
import { bodyText, linkProofText, nextBody, problemOf } from '../../../signaling/protocol/group-log.ts';
import type { Engine } from '../crypto/engine-model.ts';
import type { Failure, GroupInfo, Result } from '../model.ts';
import type { Random } from '../platform.ts';
import { DONE, fail, ok } from '../result.ts';
import type { Book } from './book.ts';
import type { GroupServer } from './group-server.ts';
import { sealInfo } from './sealed-info.ts';
import { digestOf, signAsLink, toBase64Url } from './signatures.ts';
import type { LinkCode } from './link-code.ts';

interface Needs {
  readonly subtle: SubtleCrypto;
  readonly random: Pick<Random, 'bytes'>;
  readonly ownId: string;
  readonly server: GroupServer;
  readonly engine: Pick<Engine, 'keysOf' | 'sign'>;
  readonly book: Book;
}

/** A change, with the sealed name and picture whose digest it has. */
export interface Wanted {
  readonly change: GroupChange;
  readonly info?: string;
}

type Place = Pick<GroupState, 'revision' | 'head'>;

const TRIES = 5;

export interface Changing {
  change(groupId: string, want: () => Promise<Wanted>): Promise<Result>;
  /** Answers with the group's id. */
  found(info: GroupInfo, memberIds: readonly string[]): Promise<Result<string>>;
  openRoom(name: string, topic: string): Promise<Result<string>>;
  joinByLink(code: LinkCode): Promise<Result<string>>;
  joinRoom(name: string): Promise<Result<string>>;
  setInfo(groupId: string, info: GroupInfo): Promise<Result>;
  /** Seals name and picture by a new secret. */
  reseal(groupId: string): Promise<Result>;
  proofFor(code: LinkCode): Promise<string | null>;
}

const FAILURES: Readonly<Record<string, Failure['code']>> = {
  forbidden: 'forbidden',
  'too-many': 'too-many',
  malformed: 'bad-request',
  'out-of-order': 'conflict',
};

export function createChanging({ subtle, random, ownId, server, engine, book }: Needs): Changing {
  async function signed(groupId: string, place: Place | null, { change, info }: Wanted) {
    const keys = await engine.keysOf([ownId]);
    const key = keys.ok ? keys.value.get(ownId) : null;
    if (!key) return null;
    const body = bodyText(nextBody(groupId, place, { id: ownId, key }, change));
    const signature = await engine.sign(body);
    if (!signature.ok || signature.value.key !== key) return null;
    return { body, signature: signature.value.signature, ...(info !== undefined && { info }) };
  }

  async function append(groupId: string, place: Place, wanted: Wanted): Promise<Result> {
    const made = await signed(groupId, place, wanted);
    if (!made) return fail('unavailable');
    const taken = await server.append(groupId, made);
    return taken.ok ? DONE : taken;
  }

  async function change(groupId: string, want: () => Promise<Wanted>): Promise<Result> {
    for (let tries = 1; ; tries++) {
      const record = book.get(groupId);
      // What a member handed on the server may not have: then it takes a change only on top of what it shows.
      const state = (tries % 2 === 0 ? record?.handed?.before.state : null) ?? record?.state;
      if (!state) return fail('not-found');
      const wanted = await want();
      const problem = problemOf(state, ownId, wanted.change);
      if (problem === 'pointless') return DONE;
      if (problem !== null) return fail(FAILURES[problem] ?? 'internal');
      const taken = await append(groupId, state, wanted);
      if (!taken.ok && (taken.failure.code !== 'conflict' || tries === TRIES)) return taken;
      const read = await book.sync(groupId);
      if (taken.ok) return DONE;
      if (!read.ok) return read;
    }
  }

  const newId = () => `g-${toBase64Url(random.bytes(16))}`;

  /** What names it is kept before it is there: nobody else has it. */
  async function foundAs(id: string, wanted: Wanted, keep: { secret: string; info: GroupInfo } | null) {
    const made = await signed(id, null, wanted);
    if (!made) return fail('unavailable');
    if (keep) await book.update(id, (record) => ({ ...record, ...keep }));
    const taken = await server.found(made);
    if (!taken.ok) {
      if (keep && taken.failure.code !== 'network') await book.forget(id);
      return taken;
    }
    await book.sync(id);
    return ok(id);
  }

  async function sealed(groupId: string, secret: string, info: GroupInfo) {
    const text = await sealInfo({ subtle, random }, secret, groupId, info);
    return { text, digest: await digestOf(subtle, text) };
  }

  /** The group's secret, or a new one if somebody who is gone knows it. It is kept before it is used: nobody else has it. */
  async function secretToSealBy(groupId: string): Promise<string> {
    const record = book.get(groupId);
    // A device that cannot read the name cannot change it: it would be one that nobody else can read.
    if (!record?.secret) throw new NoSecret();
    if (record.state?.stale !== true) return record.secret;
    // One that was not answered for may have been taken in.
    const fresh = record.fresh ?? toBase64Url(random.bytes(32));
    await book.update(groupId, (now) => ({ ...now, fresh }));
    return fresh;
  }

  const unlessLocked = (changing: Promise<Result>): Promise<Result> =>
    changing.catch((error: unknown) => {
      if (error instanceof NoSecret) return fail('unavailable');
      throw error;
    });

  /** `look` tells which change to follow; again if another one was first. */
  async function join(
    look: () => Promise<Result<Place & { id: string; by: Extract<GroupChange, { kind: 'join' }>['by'] }>>,
  ): Promise<Result<string>> {
    for (let tries = 1; ; tries++) {
      const at = await look();
      if (!at.ok) return at;
      const { id, by } = at.value;
      if (book.get(id)?.state?.members.some((member) => member.id === ownId)) return ok(id);
      const taken = await append(id, at.value, { change: { kind: 'join', by } });
      if (!taken.ok && (taken.failure.code !== 'conflict' || tries === TRIES)) return taken;
      if (!taken.ok) continue;
      await book.sync(id);
      return ok(id);
    }
  }

  const proofFor = ({ groupId, seed }: LinkCode) => signAsLink(subtle, seed, linkProofText(groupId, ownId));

  return {
    change,
    proofFor,
    async found(info, memberIds) {
      const id = newId();
      const secret = toBase64Url(random.bytes(32));
      const { text, digest } = await sealed(id, secret, info);
      const create: GroupChange = { kind: 'create', memberIds: [...memberIds], info: digest, room: null };
      return foundAs(id, { change: create, info: text }, { secret, info });
    },
    openRoom: (name, topic) =>
      foundAs(
        newId(),
        { change: { kind: 'create', memberIds: [], info: null, room: { name, topic } } },
        null,
      ),
    joinByLink: (code) =>
      join(async () => {
        const proof = await proofFor(code);
        if (proof === null) return fail('link-malformed');
        const look = await server.look(code.groupId, proof);
        if (!look.ok) return look;
        const { secret, revision, head } = code;
        await book.update(code.groupId, (record) => ({
          ...record,
          offered: { ...record.offered, link: secret },
          anchor: { revision, head },
        }));
        return ok({ ...look.value, id: code.groupId, by: { link: look.value.link, proof } });
      }),
    joinRoom: (name) =>
      join(async () => {
        const room = await server.findRoom(name);
        return room.ok ? ok({ ...room.value, by: null }) : room;
      }),
    setInfo: (groupId, info) =>
      unlessLocked(
        change(groupId, async () => {
          if (book.get(groupId)?.state?.room) return { change: { kind: 'topic', topic: info.topic } };
          const { text, digest } = await sealed(groupId, await secretToSealBy(groupId), info);
          return { change: { kind: 'info', info: digest }, info: text };
        }),
      ),
    reseal: (groupId) =>
      unlessLocked(
        change(groupId, async () => {
          const secret = await secretToSealBy(groupId);
          const info = book.get(groupId)?.info;
          if (!info) throw new NoSecret();
          const { text, digest } = await sealed(groupId, secret, info);
          return { change: { kind: 'reseal', info: digest }, info: text };
        }),
      ),
  };
}

class NoSecret extends Error {}
