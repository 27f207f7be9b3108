/** Identities of people: the signing keys, and who signed what with them. */
import { isDeepStrictEqual } from 'node:util';
import type * as v from 'valibot';
import type { Database, Queries } from '../../db/client.ts';
import { done, ok, refuse, type Outcome } from '../outcome.ts';
import type { LoginProof } from '../auth/auth-service.ts';
import type { Me } from '../protocol/http.ts';
import {
  engineUserId,
  personOfEngineUser,
  type DeviceKeys,
  type signaturesUploadSchema,
  type SigningUpload,
} from '../protocol/keys.ts';
import * as deviceKeys from './device-key-store.ts';
import * as store from './identity-store.ts';
import type { KeyNews } from './key-news.ts';
import { isOwnIdentity } from './own-upload.ts';
import { publicKeyOf, sameContent, withSignatures, type Signed } from './signed.ts';

type SignaturesUpload = v.InferOutput<typeof signaturesUploadSchema>;
type Entry = SignaturesUpload[string][string];

/** Whether this is the password of `me`; a proof is good for one try. */
export type ProvePassword = (me: Me, proof: LoginProof) => Outcome<undefined>;

export class IdentityService {
  constructor(
    private readonly db: Database,
    private readonly news: KeyNews,
    private readonly prove: ProvePassword,
  ) {}

  async upload(me: Me, upload: SigningUpload): Promise<Outcome<undefined>> {
    if (!isOwnIdentity(me, upload)) return refuse('bad-request');
    const identity = {
      master: upload.master_key,
      selfSigning: upload.self_signing_key,
      userSigning: upload.user_signing_key,
    };
    const kept = await this.db.transaction(async (q) => {
      if (!(await store.insertIdentity(q, me.id, identity))) {
        const before = await store.lockIdentity(q, me.id);
        if (before !== null && isSameIdentity(before, identity)) return ok(false);
        if (me.kind === 'guest' || upload.proof === undefined) return refuse('forbidden');
        const proved = this.prove(me, upload.proof);
        if (!proved.ok) return proved;
        await store.setIdentity(q, me.id, identity);
        await store.emptySignatures(q, me.id);
      }
      await store.raiseVersions(q, [me.id]);
      return ok(true);
    });
    if (!kept.ok) return kept;
    if (kept.value) await this.news.changed(me.id, me.deviceId);
    return done;
  }

  /** All of them or, when one is refused, none. */
  async sign(me: Me, upload: SignaturesUpload): Promise<Outcome<undefined>> {
    const kept = await this.db.transaction(async (q) => {
      const checked = await checkedSignatures(q, me, upload);
      if (!checked.ok) return checked;
      const { devices, identity, friends } = checked.value;
      for (const keys of devices) await deviceKeys.setDeviceKeys(q, keys.device_id, keys);
      if (identity !== null) await store.setIdentity(q, me.id, identity);
      for (const signature of friends) await store.setSignature(q, me.id, signature);
      const isOwn = devices.length > 0 || identity !== null;
      if (isOwn) await store.raiseVersions(q, [me.id]);
      return ok({ isOwn, friendIds: friends.map(({ personId }) => personId) });
    });
    if (!kept.ok) return kept;
    if (kept.value.isOwn) await this.news.changed(me.id, me.deviceId);
    await this.news.signed(me.id, kept.value.friendIds, me.deviceId);
    return done;
  }
}

/** What new signatures change, as it is to be stored. */
interface Changes {
  readonly devices: DeviceKeys[];
  identity: store.Identity | null;
  readonly friends: store.IdentitySignature[];
}

async function checkedSignatures(q: Queries, me: Me, upload: SignaturesUpload): Promise<Outcome<Changes>> {
  const identity = await store.lockIdentity(q, me.id);
  if (identity === null) return refuse('conflict');
  const { [engineUserId(me.id)]: own = {}, ...others } = upload;
  const changes: Changes = { devices: [], identity: null, friends: [] };
  // In order, so that no two who lock the same devices wait for each other.
  for (const name of Object.keys(own).toSorted()) {
    const entry = own[name] as Entry;
    const refusal =
      name === publicKeyOf(identity.master)
        ? await signMaster(q, me, identity, entry, changes)
        : await signDevice(q, me, identity, name, entry, changes);
    if (!refusal.ok) return refusal;
  }
  return signFriends(q, me, identity, others, changes);
}

/** By the self-signing key, or anew by the device itself. */
async function signDevice(
  q: Queries,
  me: Me,
  identity: store.Identity,
  deviceId: string,
  entry: Entry,
  changes: Changes,
): Promise<Outcome<undefined>> {
  const before = await deviceKeys.lockDeviceKeys(q, me.id, deviceId);
  if (before === null || !sameContent(before, entry)) return refuse('conflict');
  const signatures = signaturesBy(me, entry, [publicKeyOf(identity.selfSigning), deviceId]);
  if (signatures === null) return refuse('bad-request');
  const after = withSignatures(before, engineUserId(me.id), signatures);
  if (!isDeepStrictEqual(after, before)) changes.devices.push(after);
  return done;
}

/** By one's own devices. */
async function signMaster(
  q: Queries,
  me: Me,
  identity: store.Identity,
  entry: Entry,
  changes: Changes,
): Promise<Outcome<undefined>> {
  if (!sameContent(identity.master, entry)) return refuse('conflict');
  const own = await deviceKeys.listDeviceIds(q, me.id);
  const signatures = signaturesBy(me, entry, [publicKeyOf(identity.master), ...own]);
  if (signatures === null) return refuse('bad-request');
  const master = withSignatures(identity.master, engineUserId(me.id), signatures);
  if (!isDeepStrictEqual(master, identity.master)) changes.identity = { ...identity, master };
  return done;
}

/** By the user-signing key. Of who is no friend, or has another key by now, nothing is kept, and nothing is said. */
async function signFriends(
  q: Queries,
  me: Me,
  identity: store.Identity,
  others: SignaturesUpload,
  changes: Changes,
): Promise<Outcome<Changes>> {
  const named = Object.keys(others).flatMap((userId) => personOfEngineUser(userId) ?? []);
  if (named.length === 0) return ok(changes);
  const visible = (await store.visibleVersions(q, me.id, named)).map(({ personId }) => personId);
  const identities = await store.findIdentities(q, visible);
  const before = await store.listSignatures(q, me.id, visible);
  for (const [personId, { master }] of identities) {
    const masterKey = publicKeyOf(master);
    const entry = others[engineUserId(personId)]?.[masterKey];
    if (entry === undefined || !sameContent(master, entry)) continue;
    const signatures = signaturesBy(me, entry, [publicKeyOf(identity.userSigning)]);
    if (signatures === null) return refuse('bad-request');
    const after = { personId, masterKey, signatures };
    if (!before.some((row) => isDeepStrictEqual(row, after))) changes.friends.push(after);
  }
  return ok(changes);
}

/** One's own signatures by these keys; null if there is none. Others on it are the server's already, or of no use. */
function signaturesBy(
  me: Me,
  entry: Signed,
  keys: readonly string[],
): Readonly<Record<string, string>> | null {
  const mine = Object.entries(entry.signatures?.[engineUserId(me.id)] ?? {});
  const fitting = mine.filter(([keyId]) => keys.some((key) => keyId === `ed25519:${key}`));
  return fitting.length === 0 ? null : Object.fromEntries(fitting);
}

function isSameIdentity(a: store.Identity, b: store.Identity): boolean {
  return (
    sameContent(a.master, b.master) &&
    sameContent(a.selfSigning, b.selfSigning) &&
    sameContent(a.userSigning, b.userSigning)
  );
}
