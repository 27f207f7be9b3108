/** The two databases that every contract is held against, each opened empty. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cluster, startCluster } from './postgres.ts';
import { giveDatabase } from './template.ts';

/** Where an empty database is, as the server's settings say it. */
export interface Place {
  readonly url: string | null;
  readonly dataDir: string;
}

export interface Kind {
  readonly name: 'embedded' | 'PostgreSQL';
  start(): Promise<void>;
  newPlace(): Promise<Place>;
  stop(): Promise<void>;
}

function embedded(): Kind {
  const folders: string[] = [];
  return {
    name: 'embedded',
    start: () => Promise.resolve(),
    newPlace: async () => {
      const dataDir = await newFolder(folders);
      await giveDatabase(dataDir);
      return { url: null, dataDir };
    },
    stop: () => removeFolders(folders),
  };
}

function postgres(): Kind {
  const folders: string[] = [];
  let cluster: Cluster | undefined;
  return {
    name: 'PostgreSQL',
    start: async () => {
      cluster = await startCluster();
    },
    newPlace: async () => {
      if (cluster === undefined) throw new Error('not started');
      return { url: await cluster.newDatabase(), dataDir: await newFolder(folders) };
    },
    stop: async () => {
      await cluster?.dispose();
      await removeFolders(folders);
    },
  };
}

async function newFolder(folders: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holler-db-'));
  folders.push(folder);
  return folder;
}

async function removeFolders(folders: readonly string[]): Promise<void> {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
}

export const bothKinds = (): Kind[] => [embedded(), postgres()];
