/** Keys of devices: uploaded by the device itself, handed out to its owner and their friends. */
import { isDeepStrictEqual } from 'node:util';
import type * as v from 'valibot';
import type { Database, Queries } from '../../db/client.ts';
import { scaled, type TokenBuckets } from '../limits/token-buckets.ts';
import { ok, refuse, type Outcome } from '../outcome.ts';
import type { Me } from '../protocol/http.ts';
import {
  engineUserId,
  personOfEngineUser,
  type KeysUpload,
  type keysClaimAnswerSchema,
  type keysClaimSchema,
  type keysUploadAnswerSchema,
} from '../protocol/keys.ts';
import { LIMITS } from '../protocol/limits.ts';
import * as store from './device-key-store.ts';
import { raiseVersions, visibleVersions } from './identity-store.ts';
import type { KeyNews } from './key-news.ts';
import { isOwnUpload, ONE_TIME_ALGORITHM } from './own-upload.ts';
import { sameContent, withSignatures } from './signed.ts';

type UploadAnswer = v.InferOutput<typeof keysUploadAnswerSchema>;
type Claim = v.InferOutput<typeof keysClaimSchema>;
type ClaimAnswer = v.InferOutput<typeof keysClaimAnswerSchema>;

/**
 * One-time keys that one person takes from one device. A page needs one for each of its devices, once; whoever wants
 * more gets the fallback key, so that nobody uses up the keys that others need.
 */
const CLAIM_PER_DEVICE = { burst: 20, perSecond: 1 / 300 };

export class DeviceKeyService {
  constructor(
    private readonly db: Database,
    private readonly news: KeyNews,
    private readonly buckets: TokenBuckets,
    private readonly rateFactor: number,
    private readonly now: () => number,
  ) {}

  async upload(me: Me, upload: KeysUpload): Promise<Outcome<UploadAnswer>> {
    if (!isOwnUpload(me, upload)) return refuse('bad-request');
    const kept = await this.db.transaction(async (q) => {
      const changed = await keepUpload(q, me, upload);
      if (!changed.ok) return changed;
      if (changed.value) await raiseVersions(q, [me.id]);
      return ok({ changed: changed.value, left: await store.countOneTimeKeys(q, me.deviceId) });
    });
    if (!kept.ok) return kept;
    if (kept.value.changed) await this.news.changed(me.id, me.deviceId);
    return ok({ one_time_key_counts: { [ONE_TIME_ALGORITHM]: kept.value.left } });
  }

  async claim(me: Me, { one_time_keys: asked }: Claim): Promise<Outcome<ClaimAnswer>> {
    const people = Object.keys(asked).flatMap((userId) => personOfEngineUser(userId) ?? []);
    const { devices, keys } = await this.db.query(async (q) => {
      const visible = (await visibleVersions(q, me.id, people)).map(({ personId }) => personId);
      const known = await store.listDeviceKeys(q, visible, this.now());
      const wanted = known.filter(
        ({ personId, deviceId }) => asked[engineUserId(personId)]?.[deviceId] !== undefined,
      );
      const ids = wanted.map(({ deviceId }) => deviceId);
      const oneTime = await store.claimOneTimeKeys(
        q,
        ids.filter((id) => this.mayTake(me, id)),
        this.now(),
      );
      const without = ids.filter((id) => !oneTime.some(({ deviceId }) => deviceId === id));
      return { devices: wanted, keys: [...oneTime, ...(await store.useFallbackKeys(q, without))] };
    });
    this.news.claimed(devices);
    const answer: ClaimAnswer = { one_time_keys: {}, failures: {} };
    for (const { personId, deviceId } of devices) {
      const row = keys.find((key) => key.deviceId === deviceId);
      if (row === undefined) continue;
      const byDevice = (answer.one_time_keys[engineUserId(personId)] ??= {});
      byDevice[deviceId] = { [row.keyId]: JSON.parse(row.key) };
    }
    return ok(answer);
  }

  private mayTake(me: Me, deviceId: string): boolean {
    const rate = scaled(CLAIM_PER_DEVICE, this.rateFactor);
    return this.buckets.take(`keys of ${deviceId} for ${me.id}`, rate) === 0;
  }
}

/** Answers whether friends must learn of it. */
async function keepUpload(q: Queries, me: Me, upload: KeysUpload): Promise<Outcome<boolean>> {
  const { device_keys: device, one_time_keys = {}, fallback_keys = {} } = upload;
  const isFirst = device !== undefined && (await store.insertDeviceKeys(q, me.deviceId, device));
  const before = await store.lockDeviceKeys(q, me.id, me.deviceId);
  // One-time keys without device keys, or logged out meanwhile.
  if (before === null) return refuse('bad-request');
  if (device !== undefined && !sameContent(before, device)) return refuse('conflict');
  const [oneTime, [fallback]] = [rowsOf(one_time_keys), rowsOf(fallback_keys)];
  const fresh = await newOneTimeKeys(q, me.deviceId, oneTime);
  if (!fresh.ok) return fresh;
  if (fallback !== undefined) {
    const last = await store.findFallbackKey(q, me.deviceId);
    if (last?.keyId !== fallback.keyId) await store.setFallbackKey(q, me.deviceId, fallback);
    else if (!isSameKey(last, fallback)) return refuse('conflict');
  }
  await store.insertOneTimeKeys(q, me.deviceId, fresh.value);
  const userId = engineUserId(me.id);
  const after = withSignatures(before, userId, device?.signatures[userId] ?? {});
  const hasGrown = !isDeepStrictEqual(after, before);
  if (hasGrown) await store.setDeviceKeys(q, me.deviceId, after);
  return ok(isFirst || hasGrown);
}

/** Those that are not there yet, handed out or not. */
async function newOneTimeKeys(
  q: Queries,
  deviceId: string,
  keys: readonly store.KeyRow[],
): Promise<Outcome<store.KeyRow[]>> {
  const ids = keys.map(({ keyId }) => keyId);
  const before = new Map((await store.findOneTimeKeys(q, deviceId, ids)).map((row) => [row.keyId, row]));
  const isOther = keys.some((key) => {
    const known = before.get(key.keyId);
    return known !== undefined && !isSameKey(known, key);
  });
  if (isOther) return refuse('conflict');
  const fresh = keys.filter(({ keyId }) => !before.has(keyId));
  const waiting = await store.countOneTimeKeys(q, deviceId);
  return fresh.length > 0 && waiting + fresh.length > LIMITS.oneTimeKeysMax ? refuse('too-many') : ok(fresh);
}

const rowsOf = (keys: Readonly<Record<string, object>>): store.KeyRow[] =>
  Object.entries(keys).map(([keyId, key]) => ({ keyId, key: JSON.stringify(key) }));

/** Signatures aside: a device may sign anew. */
const isSameKey = (a: store.KeyRow, b: store.KeyRow): boolean =>
  sameContent(JSON.parse(a.key) as object, JSON.parse(b.key) as object);
