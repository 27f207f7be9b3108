/** All that encryption needs and the first paint does not: fetched together, later. */
import { openEngine } from './crypto/engine.ts';
import { recoveryCode } from './crypto/recovery-code.ts';
import { createVault } from './crypto/vault.ts';
import { createDirectory } from './directory.ts';
import { createGroupServer } from './groups/group-server.ts';
import { createGroups } from './groups/groups.ts';
import { createIdentityKeeper } from './identity-keeper.ts';
import { followVerifications } from './verifications.ts';

export const encryption = {
  openEngine,
  recoveryCode,
  createVault,
  createDirectory,
  createIdentityKeeper,
  followVerifications,
  createGroups,
  createGroupServer,
};
export type Encryption = typeof encryption;
