/** All that encryption needs and the first paint does not: fetched together, later. */
import { openEngine } from './crypto/engine.ts';
import { recoveryCode } from './crypto/recovery-code.ts';
import { createVault } from './crypto/vault.ts';
import { createDirectory } from './directory.ts';
import { createErrandRunner } from './errand-runner.ts';
import { createGroupServer } from './groups/group-server.ts';
import { createGroups } from './groups/groups.ts';
import { createIdentityKeeper } from './identity-keeper.ts';
import { reseal } from './reseal.ts';
import { followVerifications } from './verifications.ts';

export const encryption = {
  openEngine,
  recoveryCode,
  createVault,
  createDirectory,
  createErrandRunner,
  createIdentityKeeper,
  followVerifications,
  createGroups,
  createGroupServer,
  reseal,
};
export type Encryption = typeof encryption;
