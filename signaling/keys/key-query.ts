/** What somebody may see of the keys of themselves and of their friends. */
import type * as v from 'valibot';
import type { Database } from '../../db/client.ts';
import type { Me } from '../protocol/http.ts';
import {
  engineUserId,
  personOfEngineUser,
  type keysQueryAnswerSchema,
  type keysQuerySchema,
  type SigningKey,
} from '../protocol/keys.ts';
import { listDeviceKeys, type OwnedDeviceKeys } from './device-key-store.ts';
import * as identities from './identity-store.ts';
import { publicKeyOf, withSignatures } from './signed.ts';

type Query = v.InferOutput<typeof keysQuerySchema>;
type Answer = v.InferOutput<typeof keysQueryAnswerSchema>;

interface Found {
  readonly versions: readonly identities.VersionRow[];
  readonly devices: readonly OwnedDeviceKeys[];
  readonly identities: ReadonlyMap<string, identities.Identity>;
  readonly signatures: readonly identities.IdentitySignature[];
}

export async function queryKeys(db: Database, me: Me, { device_keys }: Query, now: number): Promise<Answer> {
  const named = Object.keys(device_keys).flatMap((userId) => personOfEngineUser(userId) ?? []);
  const found = await db.query(async (q) => {
    // First: keys that change meanwhile then go with too low a version, and are asked for again.
    const versions = await identities.visibleVersions(q, me.id, named);
    const ids = versions.map(({ personId }) => personId);
    return {
      versions,
      devices: await listDeviceKeys(q, ids, now),
      identities: await identities.findIdentities(q, ids),
      signatures: await identities.listSignatures(q, me.id, ids),
    };
  });
  return answerOf(me, device_keys, found);
}

function answerOf(me: Me, asked: Query['device_keys'], found: Found): Answer {
  const answer: Answer = {
    device_keys: {},
    master_keys: {},
    self_signing_keys: {},
    user_signing_keys: {},
    failures: {},
    versions: {},
  };
  for (const { personId, version } of found.versions) {
    const userId = engineUserId(personId);
    const only = asked[userId] ?? [];
    const devices = found.devices.filter(
      (device) => device.personId === personId && (only.length === 0 || only.includes(device.deviceId)),
    );
    answer.versions[personId] = version;
    answer.device_keys[userId] = Object.fromEntries(devices.map(({ deviceId, keys }) => [deviceId, keys]));
    const identity = found.identities.get(personId);
    if (identity === undefined) continue;
    answer.master_keys[userId] = asSignedBy(me, personId, identity.master, found.signatures);
    answer.self_signing_keys[userId] = identity.selfSigning;
    if (personId === me.id) answer.user_signing_keys[userId] = identity.userSigning;
  }
  return answer;
}

/** With one's own signatures on it, if they are of this very key. */
function asSignedBy(
  me: Me,
  personId: string,
  master: SigningKey,
  signatures: readonly identities.IdentitySignature[],
): SigningKey {
  const mine = signatures.find((row) => row.personId === personId && row.masterKey === publicKeyOf(master));
  return mine === undefined ? master : withSignatures(master, engineUserId(me.id), mine.signatures);
}
